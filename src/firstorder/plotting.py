"""The look of the book's figures: one palette, one message a figure, nothing shown by itself.

Every function returns a Matplotlib figure or draws into given axes.  Colours are those of Okabe and Ito,
told apart also by line style and marker, on a white ground that dark mode keeps as a plate.
"""
import matplotlib.pyplot as plt
import numpy as np

STYLES = {  # method -> colour, line style, marker
    "gradient_descent": dict(color="#595959", linestyle="-", marker="s"),
    "heavy_ball": dict(color="#0072B2", linestyle="-", marker="o"),
    "heavy_ball_ema": dict(color="#56B4E9", linestyle="--", marker="D"),
    "nesterov": dict(color="#D55E00", linestyle="-.", marker="^"),
    "adam": dict(color="#009E73", linestyle=":", marker="v"),
}
STABLE, UNSTABLE, EDGE = "#CFE3F1", "#F6E3D3", "#1A1A1A"

RC = {
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "lines.linewidth": 1.8,
    "lines.markersize": 4,
    "legend.frameon": False,
}


def axes(panels=1, width=5.2, height=3.2, **subplot_options):
    """A figure with `panels` axes, one below the other, so that it can be read on a phone; sizes in inches a panel."""
    with plt.rc_context(RC):
        return plt.subplots(panels, 1, figsize=(width, panels * height), **subplot_options)


def contours(ax, f, xlim, ylim, levels=14):
    """Contours of a function of two variables, spaced like its square root so that a quadratic's are even."""
    X, Y = np.meshgrid(np.linspace(*xlim, 240), np.linspace(*ylim, 240))
    Z = np.array([f(p) for p in np.column_stack([X.ravel(), Y.ravel()])]).reshape(X.shape)
    low = Z.min()
    ax.contour(X, Y, Z, levels=low + (Z.max() - low) * np.linspace(0.015, 1, levels) ** 2, colors="#BDBDBD", linewidths=0.8)
    ax.set(xlim=xlim, ylim=ylim)
    ax.grid(False)


def path(ax, x, method, every=1, **options):
    """The path of positions `x` (steps + 1, 2) in the style of a method, with a mark every `every` steps."""
    style = {**STYLES[method], "markevery": every, "markersize": 3.5, "linewidth": 1.3, **options}
    ax.plot(x[:, 0], x[:, 1], **style)


def stability_map(ax, alpha_lambda, beta, radius):
    """Where a method is stable: `radius` (len(beta), len(alpha_lambda)) below or above 1, with its contours."""
    ax.contourf(alpha_lambda, beta, radius, levels=[0, 1, np.inf], colors=[STABLE, UNSTABLE])
    inner = ax.contour(alpha_lambda, beta, radius, levels=[0.5, 0.7, 0.8, 0.9, 0.95, 0.99], colors="#7A9CB8", linewidths=0.8)
    ax.clabel(inner, fontsize=8, fmt="%g")
    ax.contour(alpha_lambda, beta, radius, levels=[1], colors=EDGE, linewidths=1.8)
    ax.set(xlabel="step size times curvature, αλ", ylabel="momentum β")
    ax.grid(False)


def stable_colors():
    """Colour map for a map of booleans: unstable, stable."""
    from matplotlib.colors import ListedColormap

    return ListedColormap([UNSTABLE, STABLE])
