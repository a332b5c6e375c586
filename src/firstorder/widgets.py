"""Sliders for readers with a kernel: the interactive figures of the website, drawn by the package itself."""
import io

import numpy as np

from . import hyper, plotting, problems, theory
from .minimize import minimize

METHODS = ("gradient_descent", "heavy_ball", "heavy_ball_ema", "nesterov")


def draw_momentum(method, lr, beta, curvatures=(1.0, 25.0), start=(1.0, 0.6), steps=120):
    """Path and map for one setting: the picture behind `momentum_explorer`.

    method      one of `METHODS` of this module
    lr, beta    step size [x²/f] and momentum factor; β is not used by gradient descent
    curvatures  the two curvatures of the quadratic [f/x²]
    start       where the path starts

    Returns (Matplotlib figure, sentence with the spectral radius).
    """
    settings = {"lr": lr} if method == "gradient_descent" else {"lr": lr, "beta": beta}
    valley = problems.quadratic(curvatures)
    run = minimize(valley, method, x0=np.array(start), steps=steps, **settings)
    radius = theory.spectral_radius(method, np.array(curvatures), hyper(method, **settings)).max()
    fig, (above, below) = plotting.axes(2, width=6.4, height=3.4)
    span = 1.2 * float(np.abs(start).max())
    plotting.contours(above, valley.f, (-span, span), (-span, span))
    plotting.path(above, run.x, method)
    above.set(xlabel=f"x (curvature {curvatures[0]:g})", ylabel=f"y (curvature {curvatures[1]:g})")

    betas = np.linspace(0, 0.99, 120)
    top = 1.1 * max(float(theory.stability_limit(method, 0.0)), lr * max(curvatures))
    grid = np.linspace(0.01, top, 160)
    if method == "gradient_descent":
        map_radius = np.broadcast_to(theory.spectral_radius(method, grid, hyper(method, lr=1.0)), (120, 160))
    else:
        settings_grid = hyper(method, lr=1.0)._replace(beta=betas[:, None])
        map_radius = theory.spectral_radius(method, grid[None, :], settings_grid)
    plotting.stability_map(below, grid, betas, map_radius)
    below.plot(lr * max(curvatures), beta, "o", color="#D55E00", markersize=9, markeredgecolor="white")
    if radius < 1:
        said = f"spectral radius {radius:.4f}: in the long run the error shrinks by {100 * (1 - radius):.1f} % a step"
    elif run.diverged_at:
        said = f"spectral radius {radius:.4f}: diverges, stopped at step {run.diverged_at}"
    else:
        said = f"spectral radius {radius:.4f}: does not converge"
    return fig, said


def momentum_explorer(curvatures=(1.0, 25.0)):
    """Method, step size and momentum as controls; path, map and spectral radius as answer.

    curvatures  the two curvatures of the quadratic [f/x²]

    Returns an ipywidgets box; moving a control needs a running kernel.
    """
    import ipywidgets
    import matplotlib.pyplot as plt

    best = theory.polyak(min(curvatures), max(curvatures)).hyper
    method = ipywidgets.Dropdown(options=METHODS, value="heavy_ball", description="method")
    lr = ipywidgets.FloatLogSlider(value=best.lr, base=10, min=-3, max=0.5, step=0.01, description="step size α",
                                   continuous_update=False)
    beta = ipywidgets.FloatSlider(value=best.beta, min=0, max=0.99, step=0.01, description="momentum β",
                                  continuous_update=False)
    picture, answer = ipywidgets.Image(format="png", width=640), ipywidgets.Label()

    def update(_=None):
        fig, answer.value = draw_momentum(method.value, lr.value, beta.value, curvatures)
        store = io.BytesIO()
        fig.savefig(store, format="png", dpi=100)
        plt.close(fig)
        picture.value = store.getvalue()

    for control in (method, lr, beta):
        control.observe(update, names="value")
    update()
    return ipywidgets.VBox([method, lr, beta, answer, picture])
