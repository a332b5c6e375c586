"""One module an exercise: `firstorder.graders.c05.check(...)` judges exercise C.5."""
