"""Which formula is in my library?  Maps from the book's methods to PyTorch, Keras and Optax, and back.

    to_torch("heavy_ball_ema", hyper("heavy_ball_ema", lr=0.1))     -> SGD(lr=0.01, momentum=0.9)
    from_torch("SGD", lr=0.01, momentum=0.9, nesterov=True)         -> ("nesterov", NesterovHyper(...))

Where no constant hyper-parameter gives the same iterates, the maps raise `NotRepresentable` with the reason.
`ROWS` is the table of the page *Conventions*; every row is run against the installed library by a test.
Nothing here imports a library: a map is a name and keyword arguments.
"""
from dataclasses import dataclass
from typing import NamedTuple

from . import methods

TOLERANCE = 1e-12  # what a test of this book calls equal: max |Δx| / max |x| over 300 noisy steps in float64
LIBRARIES = {"torch": "PyTorch", "keras": "Keras", "optax": "Optax"}


class NotRepresentable(ValueError):
    """No constant hyper-parameters of the library give these iterates; the message says why."""


class Call(NamedTuple):
    """How to ask a library.

    name    torch.optim.NAME, keras.optimizers.NAME or optax.NAME
    kwargs  keyword arguments, floats
    """

    name: str
    kwargs: dict

    def __str__(self):
        """
        >>> print(Call("SGD", {"lr": 0.1, "momentum": 0.9}))
        SGD(lr=0.1, momentum=0.9)
        """
        return f"{self.name}({', '.join(f'{k}={v!r}' for k, v in self.kwargs.items())})"


# ---- from the book to a library ---------------------------------------------------------------

_EPS_INSIDE = "adds its epsilon inside the root; the two agree for eps = 0 only"
_EPS_HAT = "adds its epsilon before the bias correction, where it means eps/√(1 − β₂ᵗ); the two agree for eps = 0 only"


def _flat(h):
    return {k: float(v) for k, v in h._asdict().items()}


def _only_without_eps(library, h, reason):
    if h.eps != 0:
        raise NotRepresentable(f"eps={h.eps}: {library} {reason}")


def to_torch(name, hyper):
    """The call of torch.optim that takes the book's steps from rest.

    name   a key of `METHODS`
    hyper  its hyper-parameters, from `firstorder.methods.hyper`

    Returns a `Call`.  Raises NotRepresentable where no constant setting does, ValueError for an unknown name.

    >>> print(to_torch("heavy_ball_ema", methods.hyper("heavy_ball_ema", lr=0.5, beta=0.5)))
    SGD(lr=0.25, momentum=0.5)
    """
    h = _own(name, hyper)
    betas = {"betas": (float(h.beta1), float(h.beta2))} if hasattr(h, "beta1") else {}
    match name:
        case "gradient_descent":
            return Call("SGD", {"lr": float(h.lr)})
        case "heavy_ball" | "nesterov":
            nesterov = {"nesterov": True} if name == "nesterov" and h.beta else {}  # PyTorch refuses it for momentum 0
            return Call("SGD", {"lr": float(h.lr), "momentum": float(h.beta), **nesterov})
        case "heavy_ball_ema":
            return Call("SGD", {"lr": float((1 - h.beta) * h.lr), "momentum": float(h.beta)})
        case "adagrad":
            return Call("Adagrad", _flat(h))
        case "rmsprop":
            return Call("RMSprop", {"lr": float(h.lr), "alpha": float(h.beta2), "eps": float(h.eps)})
        case "adam":
            return Call("Adam", {"lr": float(h.lr), **betas, "eps": float(h.eps)})
        case "adamw":
            return Call("AdamW", {"lr": float(h.lr), **betas, "eps": float(h.eps), "weight_decay": float(h.weight_decay)})
        case "nadam":
            return Call("NAdam", {"lr": float(h.lr), **betas, "eps": float(h.eps), "momentum_decay": float(h.momentum_decay)})
    raise NotRepresentable("amsgrad: PyTorch corrects the bias after taking the maximum, the paper not at all")


def to_keras(name, hyper):
    """The call of keras.optimizers that takes the book's steps from rest; arguments as for `to_torch`.

    >>> to_keras("adam", methods.hyper("adam"))
    Traceback (most recent call last):
    firstorder.conventions.NotRepresentable: eps=1e-08: Keras adds its epsilon before the bias correction, where it means eps/√(1 − β₂ᵗ); the two agree for eps = 0 only
    """
    h = _own(name, hyper)
    lr = {"learning_rate": float(h.lr)}
    betas = {"beta_1": float(h.beta1), "beta_2": float(h.beta2)} if hasattr(h, "beta1") else {}
    match name:
        case "gradient_descent":
            return Call("SGD", lr)
        case "heavy_ball" | "nesterov":
            return Call("SGD", {**lr, "momentum": float(h.beta), **({"nesterov": True} if name == "nesterov" else {})})
        case "heavy_ball_ema":
            return Call("SGD", {"learning_rate": float((1 - h.beta) * h.lr), "momentum": float(h.beta)})
        case "adagrad":
            _only_without_eps("Keras", h, _EPS_INSIDE)
            return Call("Adagrad", {**lr, "initial_accumulator_value": 0.0, "epsilon": 0.0})
        case "rmsprop":
            _only_without_eps("Keras", h, _EPS_INSIDE)
            return Call("RMSprop", {**lr, "rho": float(h.beta2), "epsilon": 0.0})
        case "adam" | "adamw":
            _only_without_eps("Keras", h, _EPS_HAT)
            decay = {"weight_decay": float(h.weight_decay)} if name == "adamw" else {}
            return Call("AdamW" if decay else "Adam", {**lr, **betas, "epsilon": 0.0, **decay})
        case "nadam":
            if h.momentum_decay != 1:
                raise NotRepresentable(f"momentum_decay={h.momentum_decay}: Keras has no such setting, its schedule is that of 1")
            return Call("Nadam", {**lr, **betas, "epsilon": float(h.eps)})
    raise NotRepresentable("amsgrad: Keras corrects the bias after taking the maximum, the paper not at all")


def to_optax(name, hyper):
    """The call of optax that takes the book's steps from rest; arguments as for `to_torch`.

    >>> print(to_optax("rmsprop", methods.hyper("rmsprop", lr=0.1)))
    rmsprop(learning_rate=0.1, decay=0.9, eps=1e-08, eps_in_sqrt=False)
    """
    h = _own(name, hyper)
    lr = {"learning_rate": float(h.lr)}
    betas = {"b1": float(h.beta1), "b2": float(h.beta2), "eps": float(h.eps)} if hasattr(h, "beta1") else {}
    match name:
        case "gradient_descent":
            return Call("sgd", lr)
        case "heavy_ball" | "nesterov":
            return Call("sgd", {**lr, "momentum": float(h.beta), **({"nesterov": True} if name == "nesterov" else {})})
        case "heavy_ball_ema":
            return Call("sgd", {"learning_rate": float((1 - h.beta) * h.lr), "momentum": float(h.beta)})
        case "adagrad":
            _only_without_eps("Optax", h, _EPS_INSIDE)
            return Call("adagrad", {**lr, "initial_accumulator_value": 0.0, "eps": 0.0})
        case "rmsprop":
            return Call("rmsprop", {**lr, "decay": float(h.beta2), "eps": float(h.eps), "eps_in_sqrt": False})
        case "adam":
            return Call("adam", {**lr, **betas})
        case "adamw":
            return Call("adamw", {**lr, **betas, "weight_decay": float(h.weight_decay)})
        case "amsgrad":
            return Call("amsgrad", {**lr, **betas, "bias_correction_mu": False, "bias_correction_nu": False})
    if 0.96**h.momentum_decay != 0:
        raise NotRepresentable(f"momentum_decay={h.momentum_decay}: Optax keeps the momentum constant, the limit of a large one")
    return Call("nadam", {**lr, **betas})


def _own(name, hyper):
    """`hyper`, if it is the Hyper of the method `name`; otherwise one sentence."""
    wanted = methods.method(name).Hyper
    if not isinstance(hyper, wanted):
        raise TypeError(f"hyper={hyper!r} is a {type(hyper).__name__}; {name} needs a {wanted.__name__}")
    return hyper


# ---- from a library to the book ---------------------------------------------------------------

# the libraries' defaults, compared with the installed ones by a test; None: has no default, or is unset
DEFAULTS = {
    ("torch", "SGD"): dict(lr=1e-3, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False),
    ("torch", "Adagrad"): dict(lr=1e-2, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10),
    ("torch", "RMSprop"): dict(lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=False),
    ("torch", "Adam"): dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False),
    ("torch", "AdamW"): dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False),
    ("torch", "NAdam"): dict(lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3),
    ("keras", "SGD"): dict(learning_rate=1e-2, momentum=0.0, nesterov=False, weight_decay=None),
    ("keras", "Adagrad"): dict(learning_rate=1e-3, initial_accumulator_value=0.1, epsilon=1e-7, weight_decay=None),
    ("keras", "RMSprop"): dict(learning_rate=1e-3, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, weight_decay=None),
    ("keras", "Adam"): dict(learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, weight_decay=None),
    ("keras", "AdamW"): dict(learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, weight_decay=4e-3),
    ("keras", "Nadam"): dict(learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=None),
    ("optax", "sgd"): dict(learning_rate=None, momentum=None, nesterov=False),
    ("optax", "adagrad"): dict(learning_rate=None, initial_accumulator_value=0.1, eps=1e-7),
    ("optax", "rmsprop"): dict(learning_rate=None, decay=0.9, eps=1e-8, initial_scale=0.0, eps_in_sqrt=True, centered=False,
                               momentum=None, nesterov=False, bias_correction=False),
    ("optax", "adam"): dict(learning_rate=None, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, nesterov=False),
    ("optax", "adamw"): dict(learning_rate=None, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, weight_decay=1e-4, nesterov=False),
    ("optax", "amsgrad"): dict(learning_rate=None, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0,
                               bias_correction_mu=True, bias_correction_nu=True),
    ("optax", "nadam"): dict(learning_rate=None, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0),
}

_LR = ("lr", "learning_rate")
_ZERO = {"dampening", "lr_decay", "initial_scale", "eps_root", "centered", "amsgrad"}  # settings that the book's methods lack


def _from(library, name, given):
    """(method, hyper) that a call of a library runs, its defaults filled in."""
    known = [n for lib, n in DEFAULTS if lib == library]
    defaults = DEFAULTS[library, methods.one_of("name", name, known)]
    for key in given:
        if key not in defaults:
            raise TypeError(f"{name} of {LIBRARIES[library]} has no argument {key!r} here, it has {', '.join(defaults)}")
    a = {**defaults, **given}
    lr = next(a[k] for k in _LR if k in a)
    if lr is None:
        raise TypeError(f"{name} of {LIBRARIES[library]} has no default learning rate; give learning_rate")
    for key in sorted(_ZERO & a.keys()):
        if a[key]:
            raise NotRepresentable(f"{key}={a[key]!r}: the book has no step with it; see the table of conventions")
    kind = name.lower()
    decay = a.get("weight_decay") or 0.0
    b1, b2 = a["betas"] if "betas" in a else (a.get("beta_1", a.get("b1")), a.get("beta_2", a.get("b2")))
    eps = a.get("eps", a.get("epsilon"))

    def made(method, **values):
        return method, methods.hyper(method, lr=lr, **values)

    if kind == "sgd":
        momentum = a["momentum"] or 0.0
        if decay and (momentum or library == "torch"):
            raise NotRepresentable(f"weight_decay={decay!r}: the book's momentum methods have no decay; see the table of conventions")
        if decay:
            raise NotRepresentable(f"weight_decay={decay!r}: without momentum it is descent on f + ½ decay x²; add it to f")
        return made("nesterov" if a["nesterov"] else "heavy_ball" if momentum else "gradient_descent",
                    **({"beta": momentum} if momentum or a["nesterov"] else {}))
    if kind in ("adagrad", "rmsprop") and library != "torch" and eps and a.get("eps_in_sqrt", True):
        raise NotRepresentable(f"{'epsilon' if library == 'keras' else 'eps'}={eps}: {LIBRARIES[library]} {_EPS_INSIDE}")
    if kind == "adagrad":
        if decay or a["initial_accumulator_value"]:
            key = "weight_decay" if decay else "initial_accumulator_value"
            raise NotRepresentable(f"{key}={a[key]!r}: the book's AdaGrad starts at G = 0 and has no decay")
        return made("adagrad", eps=eps)
    if kind == "rmsprop":
        for key in ("momentum", "weight_decay", "nesterov"):
            if a.get(key):
                raise NotRepresentable(f"{key}={a[key]!r}: the book's RMSProp has none")
        beta2 = a.get("alpha", a.get("rho", a.get("decay")))
        if a.get("bias_correction"):  # then it is Adam without averaging the gradient
            return made("adam", beta1=0.0, beta2=beta2, eps=eps)
        return made("rmsprop", beta2=beta2, eps=eps)
    if library == "keras" and eps and kind != "nadam":
        raise NotRepresentable(f"epsilon={eps}: Keras {_EPS_HAT}")
    if a.get("nesterov"):
        raise NotRepresentable("nesterov=True: the book has NAdam with PyTorch's schedule; optax.nadam is its limit")
    if kind == "amsgrad":
        if a["bias_correction_mu"] or a["bias_correction_nu"]:
            raise NotRepresentable("bias_correction_mu=True or bias_correction_nu=True: the paper's AMSGrad corrects nothing")
        return made("amsgrad", beta1=b1, beta2=b2, eps=eps)
    if kind == "nadam":
        if decay:
            raise NotRepresentable(f"weight_decay={decay!r}: the book's NAdam has none")
        psi = a.get("momentum_decay", 1.0 if library == "keras" else 1e9)
        return made("nadam", beta1=b1, beta2=b2, eps=eps, momentum_decay=psi)
    if kind == "adam" and decay and library == "torch":
        raise NotRepresentable(f"weight_decay={decay!r}: PyTorch's Adam adds it to the gradient; add ½ decay x² to f, or take AdamW")
    if kind == "adamw" or decay:  # Keras: Adam with weight_decay is AdamW
        return made("adamw", beta1=b1, beta2=b2, eps=eps, weight_decay=decay)
    return made("adam", beta1=b1, beta2=b2, eps=eps)


def from_torch(name, **kwargs):
    """The book's method and hyper-parameters that a torch.optim call runs.

    name    a class of torch.optim: SGD, Adagrad, RMSprop, Adam, AdamW, NAdam
    kwargs  its keyword arguments; what is left out has PyTorch's default

    Returns (method, hyper).  Raises NotRepresentable with the reason, TypeError for an unknown argument,
    ValueError for an unknown name or a value outside its admissible set.

    >>> from_torch("RMSprop", lr=0.1)
    ('rmsprop', RMSPropHyper(lr=0.1, beta2=0.99, eps=1e-08))
    >>> from_torch("SGD", lr=0.1, momentum=0.9, dampening=0.9)
    Traceback (most recent call last):
    firstorder.conventions.NotRepresentable: dampening=0.9: the book has no step with it; see the table of conventions
    """
    return _from("torch", name, kwargs)


def from_keras(name, **kwargs):
    """The book's method and hyper-parameters that a keras.optimizers call runs; as `from_torch`.

    >>> from_keras("Adam", epsilon=0.0, weight_decay=0.01)[0]
    'adamw'
    """
    return _from("keras", name, kwargs)


def from_optax(name, **kwargs):
    """The book's method and hyper-parameters that an optax call runs; as `from_torch`.

    >>> from_optax("sgd", learning_rate=0.1, momentum=0.9)
    ('heavy_ball', HeavyBallHyper(lr=0.1, beta=0.9))
    """
    return _from("optax", name, kwargs)


# ---- the table of the page ---------------------------------------------------------------------

RELATIONS = ("same", "same, translated", "another method")


@dataclass(frozen=True)
class Row:
    """One row of the table of conventions.

    key        unique; the test of the row has this name
    library    key of `LIBRARIES`
    topic      heading it stands under
    asks       how the library is asked, with the book's symbols
    formula    the recursion that runs, as TeX without dollars; g is the gradient at the stored point
    relation   to the book's method: one of `RELATIONS`
    book       the book's method and the exact map; for another method, what is different
    warning    what a reader would get wrong, or ""
    """

    key: str
    library: str
    topic: str
    asks: str
    formula: str
    relation: str
    book: str
    warning: str = ""

    def __post_init__(self):
        methods.one_of("library", self.library, LIBRARIES)
        methods.one_of("relation", self.relation, RELATIONS)


_MOM, _DECAY, _SCALE, _ADAM, _LAYER = (
    "Momentum", "Weight decay with SGD", "AdaGrad and RMSProp", "The Adam family", "Layers and clipping")
_M = r"m \leftarrow \beta_1 m + (1-\beta_1) g,\; s \leftarrow \beta_2 s + (1-\beta_2) g^2"

ROWS = (
    Row("torch-sgd", "torch", _MOM, "SGD(lr=α, momentum=β)", r"b \leftarrow \beta b + g,\; x \leftarrow x - \alpha b", "same, translated",
        "heavy ball (HB) with the same α and β; v = −αb", "Only while α is constant: see the next rows."),
    Row("keras-sgd", "keras", _MOM, "SGD(learning_rate=α, momentum=β)", r"v \leftarrow \beta v - \alpha g,\; x \leftarrow x + v", "same",
        "heavy ball (HB), v is its velocity"),
    Row("optax-sgd", "optax", _MOM, "sgd(α, momentum=β)", r"b \leftarrow \beta b + g,\; x \leftarrow x - \alpha b", "same, translated",
        "heavy ball (HB) with the same α and β; v = −αb"),
    Row("torch-sgd-schedule", "torch", _MOM, "SGD, lr changed to α_t", r"b \leftarrow \beta b + g,\; x \leftarrow x - \alpha_t b", "same, translated",
        "heavy ball with the momentum β α_t/α_{t−1} at step t", "Cutting α tenfold cuts the velocity tenfold at once."),
    Row("keras-sgd-schedule", "keras", _MOM, "SGD, learning_rate changed to α_t", r"v \leftarrow \beta v - \alpha_t g,\; x \leftarrow x + v", "same",
        "heavy ball with α_t and the same β", "After a cut of α the old velocity dies out over about 1/(1 − β) steps."),
    Row("optax-sgd-schedule", "optax", _MOM, "sgd(schedule, momentum=β)", r"b \leftarrow \beta b + g,\; x \leftarrow x - \alpha_t b", "same, translated",
        "as PyTorch: heavy ball with the momentum β α_t/α_{t−1}"),
    Row("torch-dampening", "torch", _MOM, "SGD(lr=α/(1−β), momentum=β, dampening=β)",
        r"b \leftarrow \beta b + (1-\beta) g,\; b_1 = g_1,\; x \leftarrow x - \tfrac{\alpha}{1-\beta} b", "another method",
        "not heavy ball with α, nor the EMA form from rest: the first step is 1/(1 − β) times as long", "dampening does not act on the first step."),
    Row("optax-ema", "optax", _MOM, "chain(ema(β, debias=False), scale(−η))", r"m \leftarrow \beta m + (1-\beta) g,\; x \leftarrow x - \eta m", "same",
        "the EMA form (EMA); heavy ball with α = (1 − β)η", "ema corrects the bias unless told not to."),
    Row("torch-nesterov", "torch", _MOM, "SGD(lr=α, momentum=β, nesterov=True)",
        r"b \leftarrow \beta b + g,\; y \leftarrow y - \alpha(g + \beta b)", "same, translated",
        "Nesterov (NAG); what is stored is the look-ahead y, the position is x = y + αβ b", "A logged loss is f(y), not f(x)."),
    Row("keras-nesterov", "keras", _MOM, "SGD(learning_rate=α, momentum=β, nesterov=True)",
        r"v \leftarrow \beta v - \alpha g,\; y \leftarrow y + \beta v - \alpha g", "same", "Nesterov (NAG); the position is x = y − βv"),
    Row("optax-nesterov", "optax", _MOM, "sgd(α, momentum=β, nesterov=True)",
        r"b \leftarrow \beta b + g,\; y \leftarrow y - \alpha(g + \beta b)", "same, translated", "Nesterov (NAG); the position is x = y + αβ b"),
    Row("torch-nesterov-schedule", "torch", _MOM, "SGD(nesterov=True), momentum changed to β_t",
        r"b \leftarrow \beta_t b + g,\; y \leftarrow y - \alpha(g + \beta_t b)", "another method",
        "Nesterov's method with growing momentum uses β_{t+1} in the second place", "Setting momentum at each step does not give (k−1)/(k+2)."),
    Row("torch-sgd-decay", "torch", _DECAY, "SGD(lr=α, momentum=β, weight_decay=λ)", r"g \leftarrow g + \lambda x,\; \text{then as above}", "same, translated",
        "heavy ball on f + ½ λ‖x‖²"),
    Row("keras-sgd-decay", "keras", _DECAY, "SGD(learning_rate=α, momentum=β, weight_decay=λ)",
        r"x \leftarrow (1-\alpha\lambda) x,\; \text{then } v \leftarrow \beta v - \alpha g,\; x \leftarrow x + v", "another method",
        "decoupled: the decay does not enter the velocity", "The same word, another method, unless β = 0."),
    Row("optax-sgd-decay", "optax", _DECAY, "chain(add_decayed_weights(λ), sgd(α, momentum=β))", r"g \leftarrow g + \lambda x,\; \text{then as above}", "same, translated",
        "heavy ball on f + ½ λ‖x‖²; put the decay after trace(β) and it is Keras's"),
    Row("torch-adagrad", "torch", _SCALE, "Adagrad(lr=α, eps=ε)", r"G \leftarrow G + g^2,\; x \leftarrow x - \alpha g/(\sqrt G + \varepsilon)", "same", "AdaGrad"),
    Row("keras-adagrad", "keras", _SCALE, "Adagrad(learning_rate=α, epsilon=ε)",
        r"G \leftarrow G + g^2,\; G_0 = 0.1,\; x \leftarrow x - \alpha g/\sqrt{G + \varepsilon}", "another method",
        "AdaGrad with ε = 0, started at G = 0.1 + ε", "The first step is α|g|/√(0.1 + g²), not α."),
    Row("optax-adagrad", "optax", _SCALE, "adagrad(α, eps=ε)",
        r"G \leftarrow G + g^2,\; G_0 = 0.1,\; x \leftarrow x - \alpha g/\sqrt{G + \varepsilon}", "another method",
        "as Keras: AdaGrad with ε = 0, started at G = 0.1 + ε"),
    Row("torch-rmsprop", "torch", _SCALE, "RMSprop(lr=α, alpha=β₂, eps=ε)", r"s \leftarrow \beta_2 s + (1-\beta_2) g^2,\; x \leftarrow x - \alpha g/(\sqrt s + \varepsilon)", "same",
        "RMSProp", "alpha is β₂, and its default is 0.99."),
    Row("keras-rmsprop", "keras", _SCALE, "RMSprop(learning_rate=α, rho=β₂, epsilon=ε)",
        r"s \leftarrow \beta_2 s + (1-\beta_2) g^2,\; x \leftarrow x - \alpha g/\sqrt{s + \varepsilon}", "another method",
        "RMSProp with ε inside the root; equal for ε = 0", "ε inside acts like √ε outside where s is small."),
    Row("optax-rmsprop", "optax", _SCALE, "rmsprop(α, decay=β₂, eps=ε)", r"s \leftarrow \beta_2 s + (1-\beta_2) g^2,\; x \leftarrow x - \alpha g/\sqrt{s + \varepsilon}", "another method",
        "as Keras"),
    Row("optax-rmsprop-outside", "optax", _SCALE, "rmsprop(α, decay=β₂, eps=ε, eps_in_sqrt=False)",
        r"s \leftarrow \beta_2 s + (1-\beta_2) g^2,\; x \leftarrow x - \alpha g/(\sqrt s + \varepsilon)", "same", "RMSProp"),
    Row("torch-rmsprop-momentum", "torch", _SCALE, "RMSprop(lr=α, alpha=β₂, momentum=β)",
        r"b \leftarrow \beta b + g/(\sqrt s + \varepsilon),\; x \leftarrow x - \alpha b", "another method", "RMSProp's step fed into heavy ball, α outside"),
    Row("torch-rmsprop-centered", "torch", _SCALE, "RMSprop(centered=True)", r"x \leftarrow x - \alpha g/(\sqrt{s - \bar g^2} + \varepsilon)", "another method",
        "divides by a standard deviation", "Can be NaN under a constant gradient: see below."),
    Row("torch-adam", "torch", _ADAM, "Adam(lr=α, betas=(β₁, β₂), eps=ε)", _M + r",\; x \leftarrow x - \alpha\hat m/(\sqrt{\hat s} + \varepsilon)", "same", "Adam"),
    Row("keras-adam", "keras", _ADAM, "Adam(learning_rate=α, beta_1=β₁, beta_2=β₂, epsilon=ε)",
        _M + r",\; x \leftarrow x - \alpha\tfrac{\sqrt{1-\beta_2^t}}{1-\beta_1^t}\, m/(\sqrt s + \varepsilon)", "another method",
        "Adam with ε/√(1 − β₂ᵗ) at step t; equal for ε = 0", "At t = 1 and β₂ = 0.999 its ε acts 31.6 times as strongly."),
    Row("optax-adam", "optax", _ADAM, "adam(α, b1=β₁, b2=β₂, eps=ε)", _M + r",\; x \leftarrow x - \alpha\hat m/(\sqrt{\hat s} + \varepsilon)", "same", "Adam"),
    Row("torch-adam-decay", "torch", _ADAM, "Adam(lr=α, weight_decay=λ)", r"g \leftarrow g + \lambda x,\; \text{then Adam}", "same, translated",
        "Adam on f + ½ λ‖x‖², not AdamW", "The decay is divided by √ŝ with everything else."),
    Row("keras-adam-decay", "keras", _ADAM, "Adam(learning_rate=α, weight_decay=λ, epsilon=0)", r"x \leftarrow (1-\alpha\lambda)x,\; \text{then Adam}", "same",
        "AdamW (for ε = 0)", "The same words mean Adam with L2 in PyTorch."),
    Row("torch-adamw", "torch", _ADAM, "AdamW(lr=α, weight_decay=λ)", r"x \leftarrow (1-\alpha\lambda)x - \alpha\hat m/(\sqrt{\hat s} + \varepsilon)", "same",
        "AdamW; the paper's λ is αλ here", "λ is 0.01 unless you say otherwise."),
    Row("keras-adamw", "keras", _ADAM, "AdamW(learning_rate=α, weight_decay=λ, epsilon=0)", r"x \leftarrow (1-\alpha\lambda)x,\; \text{then Adam}", "same",
        "AdamW (for ε = 0)", "λ is 0.004 unless you say otherwise."),
    Row("optax-adamw", "optax", _ADAM, "adamw(α, weight_decay=λ)", r"x \leftarrow x - \alpha\bigl(\hat m/(\sqrt{\hat s} + \varepsilon) + \lambda x\bigr)", "same",
        "AdamW", "λ is 0.0001 unless you say otherwise."),
    Row("torch-amsgrad", "torch", _ADAM, "Adam(amsgrad=True)",
        r"s_{\max} \leftarrow \max(s_{\max}, s),\; x \leftarrow x - \alpha\hat m/(\sqrt{s_{\max}/(1-\beta_2^t)} + \varepsilon)", "another method",
        "corrects the bias after the maximum; the paper's AMSGrad corrects nothing", "Its rate α/√ŝ can grow: see below."),
    Row("keras-amsgrad", "keras", _ADAM, "Adam(amsgrad=True, epsilon=0)",
        r"s_{\max} \leftarrow \max(s_{\max}, s),\; x \leftarrow x - \alpha\hat m/\sqrt{s_{\max}/(1-\beta_2^t)}", "another method", "as PyTorch"),
    Row("optax-amsgrad", "optax", _ADAM, "amsgrad(α)", r"s_{\max} \leftarrow \max\bigl(s_{\max}, s/(1-\beta_2^t)\bigr),\; x \leftarrow x - \alpha\hat m/(\sqrt{s_{\max}} + \varepsilon)",
        "another method", "corrects the bias before the maximum"),
    Row("optax-amsgrad-paper", "optax", _ADAM, "amsgrad(α, bias_correction_mu=False, bias_correction_nu=False)",
        r"s_{\max} \leftarrow \max(s_{\max}, s),\; x \leftarrow x - \alpha m/(\sqrt{s_{\max}} + \varepsilon)", "same", "AMSGrad, as in its paper"),
    Row("torch-nadam", "torch", _ADAM, "NAdam(lr=α, momentum_decay=ψ)", r"\mu_t = \beta_1(1 - \tfrac12 0.96^{t\psi}),\; \text{as in the definition}", "same",
        "NAdam", "Its product of μ is kept in the default dtype: in float32 the two agree to 1e-7 only."),
    Row("keras-nadam", "keras", _ADAM, "Nadam(learning_rate=α)", r"\mu_t = \beta_1(1 - \tfrac12 0.96^{t})", "same", "NAdam with ψ = 1"),
    Row("optax-nadam", "optax", _ADAM, "nadam(α)", r"\mu_t = \beta_1", "same", "NAdam with ψ so large that 0.96^ψ = 0"),
    Row("optax-rmsprop-corrected", "optax", _ADAM, "rmsprop(α, decay=β₂, eps_in_sqrt=False, bias_correction=True)",
        r"x \leftarrow x - \alpha g/(\sqrt{\hat s} + \varepsilon)", "same", "Adam with β₁ = 0"),
    Row("optax-lars", "optax", _LAYER, "lars(α, weight_decay=λ, trust_coefficient=η, momentum=β)",
        r"q = \eta\|x\|/\|g + \lambda x\|,\; b \leftarrow \beta b + \alpha q(g + \lambda x),\; x \leftarrow x - b", "another method",
        "no method of this book; the paper divides by ‖g‖ + λ‖x‖", "One tensor, one ratio: splitting a layer changes the method."),
    Row("optax-lamb", "optax", _LAYER, "lamb(α, weight_decay=λ)", r"r = \hat m/(\sqrt{\hat s}+\varepsilon) + \lambda x,\; x \leftarrow x - \alpha\tfrac{\|x\|}{\|r\|} r", "another method",
        "no method of this book"),
    Row("keras-lamb", "keras", _LAYER, "Lamb(learning_rate=α, weight_decay=λ)",
        r"x \leftarrow (1-\alpha\lambda)x,\; r = \hat m/(\sqrt{\hat s}+\varepsilon),\; x \leftarrow x - \alpha\tfrac{\|x\|}{\|r\|} r", "another method",
        "the decay stands outside the ratio", "Another method than Optax's, unless λ = 0."),
    Row("torch-clip", "torch", _LAYER, "clip_grad_norm_(x, c)", r"g \leftarrow g\,\min\bigl(1, c/(\|g\| + 10^{-6})\bigr)", "another method",
        "no method of this book", "A clipped gradient is a little shorter than c."),
    Row("optax-clip", "optax", _LAYER, "clip_by_global_norm(c)", r"g \leftarrow g\,\min(1, c/\|g\|)", "another method", "no method of this book"),
)
