"""What the package costs: one command measures its kernels against C, NumPy, torch and JAX in one run.

    python -m benchmarks [--only PART ...] [--quick] [--clock wall|cpu] [--out FILE]
"""
