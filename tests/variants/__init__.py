"""Right and wrong solutions of the exercises, named, for the tests of the graders and the page of kill tables."""
