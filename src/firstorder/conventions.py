"""Which formula is in my library?  Maps from the book's methods to PyTorch, Keras and Optax, and back.

    to_torch("heavy_ball_ema", hyper("heavy_ball_ema", lr=0.1))     -> SGD(lr=0.01, momentum=0.9)
    from_torch("SGD", lr=0.01, momentum=0.9, nesterov=True)         -> ("nesterov", NesterovHyper(...))

Where no constant hyper-parameter gives the same iterates, the maps raise `NotRepresentable` with the reason.
`ROWS` is the table of the page *Conventions*; every row is run against the installed library by a test.
Nothing here imports a library: a map is a name and keyword arguments.
"""
import re
from dataclasses import dataclass
from typing import NamedTuple

from . import methods

TOLERANCE = 1e-14  # what a test of this book calls equal: max |Δx| / max |x| over 300 noisy steps in float64
LIBRARIES = {"torch": "PyTorch", "keras": "Keras", "optax": "Optax"}
TESTED = {"torch": "2.13.0", "keras": "3.15.1", "optax": "0.2.8"}  # the versions that the rows were run against


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
    if "betas" in a and not (isinstance(a["betas"], (tuple, list)) and len(a["betas"]) == 2):
        raise TypeError(f"betas={a['betas']!r} is not a pair of numbers (β₁, β₂)")
    b1, b2 = a["betas"] if "betas" in a else (a.get("beta_1", a.get("b1")), a.get("beta_2", a.get("b2")))
    eps = a.get("eps", a.get("epsilon"))

    def made(method, **values):
        return method, methods.hyper(method, lr=lr, **values)

    if kind == "sgd":
        momentum = a["momentum"] or 0.0
        if library == "torch" and a["nesterov"] and not momentum:
            raise ValueError("nesterov=True with momentum=0: PyTorch refuses it; leave nesterov out, it is gradient descent")
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

RELATIONS = ("same", "same, translated", "same, other start", "another method")


_SIGNS = [  # in this order: what is inside braces first
    (r"\hat{s}", "ŝ"), (r"\hat s", "ŝ"), (r"\hat m", "m̂"), (r"\bar g", "ḡ"), (r"_{\max}", "_max"), (r"\max", "max"), (r"\min", "min"),
    (r"\leftarrow", "←"), (r"\alpha", "α"), (r"\beta", "β"), (r"\varepsilon", "ε"), (r"\lambda", "λ"), (r"\eta", "η"), (r"\mu", "μ"),
    (r"\psi", "ψ"), (r"\rho", "ρ"), (r"\tau", "τ"), (r"\nabla", "∇"), (r"\lVert ", "‖"), (r"\rVert", "‖"), (r"\tfrac12", "½"),
    (r"\bigl", ""), (r"\bigr", ""), (r"\;", " "), (r"\,", " "), ("10^{-6}", "10⁻⁶"), ("^{tψ}", "^(tψ)"), ("^{t}", "ᵗ"), ("^2", "²"),
    ("^t", "ᵗ"), ("_0", "₀"), ("_1", "₁"), ("_2", "₂"), ("_t", "ₜ"), (" -", " −"), ("-", "−"),
]


def plain(tex):
    r"""A formula of `ROWS` as a line of text.

    >>> plain(r"x \leftarrow x - \alpha_t\hat m/(\sqrt{\hat s} + \varepsilon)")
    'x ← x − αₜm̂/(√ŝ + ε)'
    """
    for sign, text in _SIGNS:
        tex = tex.replace(sign, text)
    tex = re.sub(r"\\text\{([^{}]*)\}", r"\1", tex)
    tex = re.sub(r"\\sqrt(?: (\w)|\{(\w)\})", lambda m: "√" + (m[1] or m[2]), tex)
    return re.sub(r"\\sqrt\{([^{}]*)\}", r"√(\1)", tex).replace("  ", " ")


@dataclass(frozen=True)
class Row:
    """One row of the table of conventions.

    key        unique; the test of the row has this name
    library    key of `LIBRARIES`
    topic      what the row is about
    optimizer  the callable that is asked
    option     which of its settings the row is about; unique for this library and optimizer
    asks       the call, with the book's symbols
    formula    the recursion that runs, as TeX without dollars; g is the gradient at the stored point
    relation   to the book's method at rest: one of `RELATIONS`
    method     the book's method that the row is about, a key of `METHODS`, or "" if the book has none
    book       the exact map to it; for another method, what is different
    mistake    what the row is mistaken for; the test runs that, too
    cost       how far the mistake leads, max |Δx| / max |x| over the test's 300 steps, to two digits
    warning    what a reader would get wrong, or ""
    """

    key: str
    library: str
    topic: str
    optimizer: str
    option: str
    asks: str
    formula: str
    relation: str
    method: str
    book: str
    mistake: str
    cost: float
    warning: str = ""

    def __post_init__(self):
        methods.one_of("library", self.library, LIBRARIES)
        methods.one_of("relation", self.relation, RELATIONS)
        methods.one_of("method", self.method, ["", *methods.METHODS])

    @property
    def text(self):
        """The formula as a line of text."""
        return plain(self.formula)

    @property
    def defaults(self):
        """The defaults of the callable as text, "" where they are not listed.

        >>> next(row for row in ROWS if row.key == "torch-rmsprop").defaults
        'lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0.0, momentum=0.0, centered=False'
        """
        values = DEFAULTS.get((self.library, self.optimizer), {})
        return ", ".join(f"{k}={'required' if v is None and k == 'learning_rate' else v}" for k, v in values.items())


# the numbers of the runs behind `cost`
SETTINGS = {"α": 0.05, "β": 0.9, "β₁": 0.9, "β₂": 0.99, "ε": 0.01, "λ": 0.3}

_MOM, _DECAY, _SCALE, _ADAM, _LAYER = (
    "momentum", "weight decay with SGD", "AdaGrad and RMSProp", "the Adam family", "layers and clipping")
_M = r"m \leftarrow \beta_1 m + (1-\beta_1) g,\; s \leftarrow \beta_2 s + (1-\beta_2) g^2"
_S = r"s \leftarrow \beta_2 s + (1-\beta_2) g^2"
_ADAM_STEP = _M + r",\; x \leftarrow x - \alpha\hat m/(\sqrt{\hat s} + \varepsilon)"
_OUTSIDE = r"b \leftarrow \beta b + g,\; x \leftarrow x - \alpha b"
_OUTSIDE_T = r"b \leftarrow \beta b + g,\; x \leftarrow x - \alpha_t b"
_INSIDE_T = r"v \leftarrow \beta v - \alpha_t g,\; x \leftarrow x + v"
_AHEAD = r"b \leftarrow \beta b + g,\; y \leftarrow y - \alpha(g + \beta b)"
_L2 = r"g \leftarrow g + \lambda x,\; b \leftarrow \beta b + g,\; x \leftarrow x - \alpha b"
_DECOUPLED = r"x \leftarrow (1-\alpha\lambda) x,\; v \leftarrow \beta v - \alpha g,\; x \leftarrow x + v"
_GRAD_IN = r"G \leftarrow G + g^2,\; G_0 = 0.1,\; x \leftarrow x - \alpha g/\sqrt{G + \varepsilon}"
_GRAD_0 = r"G \leftarrow G + g^2,\; G_0 = 0,\; x \leftarrow x - \alpha g/\sqrt G"
_RMS_IN = _S + r",\; x \leftarrow x - \alpha g/\sqrt{s + \varepsilon}"
_RMS_MOM_IN = r"b \leftarrow \beta b + \alpha_t g/\sqrt{s + \varepsilon},\; x \leftarrow x - b"
_CENTRED_IN = r"x \leftarrow x - \alpha g/\sqrt{s - \bar g^2 + \varepsilon}"
_ADAMW_KEPT = r"x \leftarrow (1-\alpha\lambda)x,\; \text{then Adam}"
_AMS_AFTER = r"s_{\max} \leftarrow \max(s_{\max}, s),\; \hat s = s_{\max}/(1-\beta_2^t)"
_COLD = "A first step of size α is not what happens: it is α|g|/√(0.1 + ε + g²)."

ROWS = (
    # ---- momentum
    Row("torch-descent", "torch", _MOM, "SGD", "plain", "SGD(lr=α)", r"x \leftarrow x - \alpha g", "same", "gradient_descent",
        "gradient descent", "descent with 0.99 α", 0.0039),
    Row("keras-descent", "keras", _MOM, "SGD", "plain", "SGD(learning_rate=α)", r"x \leftarrow x - \alpha g", "same", "gradient_descent",
        "gradient descent", "descent with 0.99 α", 0.0039),
    Row("optax-descent", "optax", _MOM, "sgd", "plain", "sgd(α)", r"x \leftarrow x - \alpha g", "same", "gradient_descent",
        "gradient descent", "descent with 0.99 α", 0.0039),
    Row("torch-sgd", "torch", _MOM, "SGD", "momentum", "SGD(lr=α, momentum=β)", _OUTSIDE, "same, translated", "heavy_ball",
        "heavy ball with the same α and β, v = −αb; the EMA form with η = α/(1 − β)", "the EMA form with η = α", 1,
        "Only while α is constant: see the row with a changing lr."),
    Row("keras-sgd", "keras", _MOM, "SGD", "momentum", "SGD(learning_rate=α, momentum=β)", r"v \leftarrow \beta v - \alpha g,\; x \leftarrow x + v", "same", "heavy_ball",
        "heavy ball, v is its velocity; the EMA form with η = α/(1 − β)", "the EMA form with η = α", 1),
    Row("optax-sgd", "optax", _MOM, "sgd", "momentum", "sgd(α, momentum=β)", _OUTSIDE, "same, translated", "heavy_ball",
        "heavy ball with the same α and β, v = −αb; the EMA form with η = α/(1 − β)", "the EMA form with η = α", 1,
        "Only while α is constant: see the row with a schedule."),
    Row("torch-sgd-schedule", "torch", _MOM, "SGD", "momentum, changing lr", "SGD(momentum=β), lr set to αₜ", _OUTSIDE_T, "same, translated", "heavy_ball",
        "heavy ball with αₜ and the momentum β αₜ/αₜ₋₁ at step t", "heavy ball with αₜ and β", 0.018,
        "Cutting α tenfold cuts the stored velocity tenfold at once."),
    Row("keras-sgd-schedule", "keras", _MOM, "SGD", "momentum, changing learning_rate", "SGD(momentum=β), learning_rate set to αₜ", _INSIDE_T, "same", "heavy_ball",
        "heavy ball with αₜ and β", "PyTorch's form", 0.018,
        "After a cut of α the old velocity dies out over about 1/(1 − β) steps."),
    Row("optax-sgd-schedule", "optax", _MOM, "sgd", "momentum, schedule", "sgd(schedule, momentum=β)", _OUTSIDE_T, "same, translated", "heavy_ball",
        "heavy ball with αₜ and the momentum β αₜ/αₜ₋₁ at step t", "heavy ball with αₜ and β", 0.018,
        "As in PyTorch, the schedule scales old gradients, too."),
    Row("optax-trace-last", "optax", _MOM, "chain", "scale_by_learning_rate, trace", "chain(scale_by_learning_rate(schedule), trace(β))", _INSIDE_T, "same", "heavy_ball",
        "heavy ball with αₜ and β, as Keras", "PyTorch's form", 0.018,
        "The order in the chain decides whether α stands inside the velocity."),
    Row("torch-dampening", "torch", _MOM, "SGD", "momentum and dampening", "SGD(lr=α, momentum=β, dampening=τ)",
        r"b_1 = g_1,\; b \leftarrow \beta b + (1-\tau) g,\; x \leftarrow x - \alpha b", "same, other start", "heavy_ball",
        "heavy ball with the step (1 − τ)α, started with the velocity −(τ/β)αg₁", "heavy ball with (1 − τ)α from rest", 0.14,
        "dampening does not act on the first step."),
    Row("torch-dampening-ema", "torch", _MOM, "SGD", "dampening = momentum", "SGD(lr=η, momentum=β, dampening=β)",
        r"b_1 = g_1,\; b \leftarrow \beta b + (1-\beta) g,\; x \leftarrow x - \eta b", "same, other start", "heavy_ball_ema",
        "the EMA form, started with m = g₁", "the EMA form from rest", 0.41,
        "From rest the EMA form's first step is (1 − β)ηg₁; here it is ηg₁, ten times as long for β = 0.9."),
    Row("optax-ema", "optax", _MOM, "chain", "ema(debias=False), scale", "chain(ema(β, debias=False), scale(−η))",
        r"m \leftarrow \beta m + (1-\beta) g,\; x \leftarrow x - \eta m", "same", "heavy_ball_ema",
        "the EMA form; heavy ball with α = (1 − β)η", "heavy ball with α = η", 1.1),
    Row("optax-ema-debiased", "optax", _MOM, "chain", "ema, scale", "chain(ema(β), scale(−η))",
        r"m \leftarrow \beta m + (1-\beta) g,\; x \leftarrow x - \eta m/(1-\beta^t)", "another method", "heavy_ball_ema",
        "the EMA form with η/(1 − βᵗ) at step t; no constant η does it", "the EMA form with η", 0.28,
        "ema corrects the bias unless told not to."),
    Row("torch-nesterov", "torch", _MOM, "SGD", "nesterov", "SGD(lr=α, momentum=β, nesterov=True)", _AHEAD, "same, translated", "nesterov",
        "Nesterov; what is stored is the look-ahead y, the position is x = y + αβb", "heavy ball", 0.27,
        "A logged loss is f(y), not f(x)."),
    Row("keras-nesterov", "keras", _MOM, "SGD", "nesterov", "SGD(learning_rate=α, momentum=β, nesterov=True)",
        r"v \leftarrow \beta v - \alpha g,\; y \leftarrow y + \beta v - \alpha g", "same", "nesterov",
        "Nesterov; what is stored is the look-ahead y, the position is x = y − βv", "heavy ball", 0.27,
        "A logged loss is f(y), not f(x)."),
    Row("optax-nesterov", "optax", _MOM, "sgd", "nesterov", "sgd(α, momentum=β, nesterov=True)", _AHEAD, "same, translated", "nesterov",
        "Nesterov; what is stored is the look-ahead y, the position is x = y + αβb", "heavy ball", 0.27,
        "A logged loss is f(y), not f(x)."),
    Row("torch-nesterov-schedule", "torch", _MOM, "SGD", "nesterov, changing momentum", "SGD(lr=α, nesterov=True), momentum set to βₜ",
        r"b \leftarrow \beta_t b + g,\; y \leftarrow y - \alpha(g + \beta_t b)", "another method", "nesterov",
        "Nesterov's method with a growing momentum has βₜ₊₁ in the second place", "Nesterov's method with βₜ", 0.014,
        "Setting momentum before each step does not give Nesterov's growing momentum."),
    # ---- weight decay with SGD
    Row("torch-sgd-decay", "torch", _DECAY, "SGD", "momentum and weight_decay", "SGD(lr=α, momentum=β, weight_decay=λ)", _L2, "same, translated", "heavy_ball",
        "heavy ball on f + ½ λ‖x‖²", "Keras's decoupled decay", 0.59,
        "The same words in Keras mean another method."),
    Row("keras-sgd-decay", "keras", _DECAY, "SGD", "momentum and weight_decay", "SGD(learning_rate=α, momentum=β, weight_decay=λ)", _DECOUPLED, "another method", "heavy_ball",
        "heavy ball whose position shrinks by αλ before each step; the decay does not enter the velocity", "heavy ball on f + ½ λ‖x‖²", 0.59,
        "The same words in PyTorch mean another method."),
    Row("keras-sgd-decay-plain", "keras", _DECAY, "SGD", "weight_decay, no momentum", "SGD(learning_rate=α, weight_decay=λ)",
        r"x \leftarrow (1-\alpha\lambda) x - \alpha g", "same, translated", "gradient_descent",
        "gradient descent on f + ½ λ‖x‖², as PyTorch", "descent on f", 0.3,
        "Without momentum the two kinds of decay agree, so a test without momentum cannot tell them apart."),
    Row("optax-sgd-decay", "optax", _DECAY, "chain", "add_decayed_weights, sgd", "chain(add_decayed_weights(λ), sgd(α, momentum=β))", _L2, "same, translated", "heavy_ball",
        "heavy ball on f + ½ λ‖x‖², as PyTorch", "Keras's decoupled decay", 0.59),
    Row("optax-sgdw", "optax", _DECAY, "chain", "trace, add_decayed_weights, scale_by_learning_rate",
        "chain(trace(β), add_decayed_weights(λ), scale_by_learning_rate(α))", _DECOUPLED, "another method", "heavy_ball",
        "as Keras: the decay does not enter the velocity", "heavy ball on f + ½ λ‖x‖²", 0.59,
        "The order in the chain decides which decay it is."),
    # ---- AdaGrad and RMSProp
    Row("torch-adagrad", "torch", _SCALE, "Adagrad", "plain", "Adagrad(lr=α, eps=ε)",
        r"G \leftarrow G + g^2,\; G_0 = 0,\; x \leftarrow x - \alpha g/(\sqrt G + \varepsilon)", "same", "adagrad",
        "AdaGrad", "Keras's defaults", 0.046),
    Row("torch-adagrad-start", "torch", _SCALE, "Adagrad", "initial_accumulator_value, eps=0", "Adagrad(lr=α, initial_accumulator_value=0.1 + ε, eps=0)",
        r"G \leftarrow G + g^2,\; G_0 = 0.1 + \varepsilon,\; x \leftarrow x - \alpha g/\sqrt G", "same, other start", "adagrad",
        "AdaGrad with ε = 0, started at G = 0.1 + ε: Keras's and Optax's default", "AdaGrad from rest", 0.07),
    Row("keras-adagrad", "keras", _SCALE, "Adagrad", "plain", "Adagrad(learning_rate=α, epsilon=ε)", _GRAD_IN, "same, other start", "adagrad",
        "AdaGrad with ε = 0, started at G = 0.1 + ε", "AdaGrad from rest", 0.046, _COLD),
    Row("keras-adagrad-0", "keras", _SCALE, "Adagrad", "initial_accumulator_value=0, epsilon=0",
        "Adagrad(learning_rate=α, initial_accumulator_value=0, epsilon=0)", _GRAD_0, "same", "adagrad", "AdaGrad with ε = 0", "Keras's defaults", 0.07),
    Row("optax-adagrad", "optax", _SCALE, "adagrad", "plain", "adagrad(α, eps=ε)", _GRAD_IN, "same, other start", "adagrad",
        "AdaGrad with ε = 0, started at G = 0.1 + ε", "AdaGrad from rest", 0.046, _COLD),
    Row("optax-adagrad-0", "optax", _SCALE, "adagrad", "initial_accumulator_value=0, eps=0", "adagrad(α, initial_accumulator_value=0, eps=0)",
        _GRAD_0, "same", "adagrad", "AdaGrad with ε = 0", "Optax's defaults", 0.07),
    Row("torch-rmsprop", "torch", _SCALE, "RMSprop", "plain", "RMSprop(lr=α, alpha=β₂, eps=ε)", _S + r",\; x \leftarrow x - \alpha g/(\sqrt s + \varepsilon)", "same", "rmsprop",
        "RMSProp", "RMSProp with ε inside the root", 0.26, "alpha is β₂, not a step size, and its default is 0.99."),
    Row("keras-rmsprop", "keras", _SCALE, "RMSprop", "plain", "RMSprop(learning_rate=α, rho=β₂, epsilon=ε)", _RMS_IN, "another method", "rmsprop",
        "RMSProp with ε inside the root", "RMSProp with the same ε", 0.26,
        "Inside, ε acts like √ε outside where s is small, and like ε/(2√s) where s is large."),
    Row("keras-rmsprop-0", "keras", _SCALE, "RMSprop", "epsilon=0", "RMSprop(learning_rate=α, rho=β₂, epsilon=0)",
        _S + r",\; x \leftarrow x - \alpha g/\sqrt s", "same", "rmsprop", "RMSProp with ε = 0", "RMSProp with ε", 0.54),
    Row("optax-rmsprop", "optax", _SCALE, "rmsprop", "plain", "rmsprop(α, decay=β₂, eps=ε)", _RMS_IN, "another method", "rmsprop",
        "RMSProp with ε inside the root, as Keras", "RMSProp with the same ε", 0.26),
    Row("optax-rmsprop-outside", "optax", _SCALE, "rmsprop", "eps_in_sqrt=False", "rmsprop(α, decay=β₂, eps=ε, eps_in_sqrt=False)",
        _S + r",\; x \leftarrow x - \alpha g/(\sqrt s + \varepsilon)", "same", "rmsprop", "RMSProp", "RMSProp with ε inside the root", 0.26),
    Row("torch-rmsprop-momentum", "torch", _SCALE, "RMSprop", "momentum", "RMSprop(alpha=β₂, momentum=β), lr set to αₜ",
        r"b \leftarrow \beta b + g/(\sqrt s + \varepsilon),\; x \leftarrow x - \alpha_t b", "another method", "rmsprop",
        "RMSProp's direction fed into heavy ball, α outside; nothing multiplies g by 1 − β", "α inside the velocity", 0.024,
        "Under a steady gradient the steps are 1/(1 − β) times as long as without momentum."),
    Row("keras-rmsprop-momentum", "keras", _SCALE, "RMSprop", "momentum", "RMSprop(rho=β₂, momentum=β), learning_rate set to αₜ", _RMS_MOM_IN, "another method", "rmsprop",
        "RMSProp's direction fed into heavy ball, α inside", "α outside the velocity", 0.021),
    Row("optax-rmsprop-momentum", "optax", _SCALE, "rmsprop", "momentum", "rmsprop(schedule, decay=β₂, momentum=β)", _RMS_MOM_IN, "another method", "rmsprop",
        "as Keras: α inside, though sgd(schedule) has it outside", "α outside the velocity", 0.021,
        "In one library, sgd and rmsprop put a schedule in different places."),
    Row("torch-rmsprop-centered", "torch", _SCALE, "RMSprop", "centered=True", "RMSprop(lr=α, alpha=β₂, eps=ε, centered=True)",
        r"x \leftarrow x - \alpha g/(\sqrt{s - \bar g^2} + \varepsilon)", "another method", "rmsprop",
        "divides by a standard deviation; ḡ is an average of g with β₂", "RMSProp", 0.0035, "Can be NaN under a constant gradient: see Trust, then verify."),
    Row("keras-rmsprop-centered", "keras", _SCALE, "RMSprop", "centered=True", "RMSprop(learning_rate=α, rho=β₂, epsilon=ε, centered=True)", _CENTRED_IN, "another method", "rmsprop",
        "divides by a standard deviation, ε inside the root", "PyTorch's form", 0.26),
    Row("optax-rmsprop-centered", "optax", _SCALE, "rmsprop", "centered=True", "rmsprop(α, decay=β₂, eps=ε, centered=True)", _CENTRED_IN, "another method", "rmsprop",
        "divides by a standard deviation, ε inside the root", "PyTorch's form", 0.26),
    # ---- the Adam family
    Row("torch-adam", "torch", _ADAM, "Adam", "plain", "Adam(lr=α, betas=(β₁, β₂), eps=ε)", _ADAM_STEP, "same", "adam", "Adam", "Keras's Adam", 0.048),
    Row("keras-adam", "keras", _ADAM, "Adam", "plain", "Adam(learning_rate=α, beta_1=β₁, beta_2=β₂, epsilon=ε)",
        _M + r",\; x \leftarrow x - \alpha\sqrt{1-\beta_2^t}\, m/\bigl((1-\beta_1^t)(\sqrt s + \varepsilon)\bigr)", "another method", "adam",
        "Adam with ε/√(1 − β₂ᵗ) at step t; no constant ε does it", "Adam with the same ε", 0.048,
        "At t = 1 and β₂ = 0.999 its ε acts 31.6 times as strongly."),
    Row("keras-adam-0", "keras", _ADAM, "Adam", "epsilon=0", "Adam(learning_rate=α, beta_1=β₁, beta_2=β₂, epsilon=0)",
        _M + r",\; x \leftarrow x - \alpha\hat m/\sqrt{\hat s}", "same", "adam", "Adam with ε = 0", "Adam with ε", 0.028),
    Row("optax-adam", "optax", _ADAM, "adam", "plain", "adam(α, b1=β₁, b2=β₂, eps=ε)", _ADAM_STEP, "same", "adam", "Adam", "Keras's Adam", 0.048),
    Row("optax-adam-root", "optax", _ADAM, "adam", "eps_root", "adam(α, b1=β₁, b2=β₂, eps=0, eps_root=ε)",
        r"x \leftarrow x - \alpha\hat m/\sqrt{\hat s + \varepsilon}", "another method", "adam", "Adam with ε inside the root", "Adam with the same ε", 0.028),
    Row("torch-adam-decay", "torch", _ADAM, "Adam", "weight_decay", "Adam(lr=α, weight_decay=λ)", r"g \leftarrow g + \lambda x,\; \text{then Adam}", "same, translated", "adam",
        "Adam on f + ½ λ‖x‖²", "AdamW", 0.12, "The decay is divided by √ŝ with everything else. In Keras the same words mean AdamW."),
    Row("keras-adam-decay", "keras", _ADAM, "Adam", "weight_decay, epsilon=0", "Adam(learning_rate=α, weight_decay=λ, epsilon=0)", _ADAMW_KEPT, "same", "adamw",
        "AdamW with ε = 0", "Adam on f + ½ λ‖x‖²", 0.12, "In PyTorch the same words mean Adam with L2."),
    Row("torch-adamw", "torch", _ADAM, "AdamW", "plain", "AdamW(lr=α, weight_decay=λ)", r"x \leftarrow (1-\alpha\lambda)x - \alpha\hat m/(\sqrt{\hat s} + \varepsilon)", "same", "adamw",
        "AdamW", "Adam on f + ½ λ‖x‖²", 0.12, "λ is 0.01 unless you say otherwise."),
    Row("torch-adamw-schedule", "torch", _ADAM, "AdamW", "changing lr", "AdamW(weight_decay=λ), lr set to αₜ",
        r"x \leftarrow (1-\alpha_t\lambda)x - \alpha_t\hat m/(\sqrt{\hat s} + \varepsilon)", "same", "adamw",
        "AdamW with αₜ; in the paper's letters ηₜ = αₜ/α and its λ is αλ", "decay αλ at every step", 0.061,
        "A schedule scales the decay, too, as in the paper. A change of the base α does in PyTorch, and does not in the paper."),
    Row("keras-adamw", "keras", _ADAM, "AdamW", "epsilon=0", "AdamW(learning_rate=α, weight_decay=λ, epsilon=0)", _ADAMW_KEPT, "same", "adamw",
        "AdamW with ε = 0", "AdamW with ε", 0.025, "λ is 0.004 unless you say otherwise."),
    Row("optax-adamw", "optax", _ADAM, "adamw", "plain", "adamw(α, weight_decay=λ)", r"x \leftarrow x - \alpha\bigl(\hat m/(\sqrt{\hat s} + \varepsilon) + \lambda x\bigr)", "same", "adamw",
        "AdamW", "Adam on f + ½ λ‖x‖²", 0.12, "λ is 0.0001 unless you say otherwise."),
    Row("torch-amsgrad", "torch", _ADAM, "Adam", "amsgrad=True", "Adam(lr=α, betas=(β₁, β₂), eps=ε, amsgrad=True)",
        _AMS_AFTER + r",\; x \leftarrow x - \alpha\hat m/(\sqrt{\hat s} + \varepsilon)", "another method", "amsgrad",
        "corrects the bias after the maximum; the paper's AMSGrad corrects nothing", "the paper's AMSGrad", 0.28,
        "Its rate α/√ŝ can grow: see Trust, then verify."),
    Row("keras-amsgrad", "keras", _ADAM, "Adam", "amsgrad=True, epsilon=0", "Adam(learning_rate=α, amsgrad=True, epsilon=0)",
        _AMS_AFTER + r",\; x \leftarrow x - \alpha\hat m/\sqrt{\hat s}", "another method", "amsgrad",
        "as PyTorch: corrects the bias after the maximum", "Optax's AMSGrad", 0.33, "Its rate α/√ŝ can grow."),
    Row("optax-amsgrad", "optax", _ADAM, "amsgrad", "plain", "amsgrad(α, b1=β₁, b2=β₂, eps=ε)",
        r"s_{\max} \leftarrow \max\bigl(s_{\max}, s/(1-\beta_2^t)\bigr),\; x \leftarrow x - \alpha\hat m/(\sqrt{s_{\max}} + \varepsilon)",
        "another method", "amsgrad", "corrects the bias before the maximum, so the rate never grows; the paper corrects nothing", "PyTorch's AMSGrad", 0.33),
    Row("optax-amsgrad-paper", "optax", _ADAM, "amsgrad", "no bias correction", "amsgrad(α, bias_correction_mu=False, bias_correction_nu=False)",
        r"s_{\max} \leftarrow \max(s_{\max}, s),\; x \leftarrow x - \alpha m/(\sqrt{s_{\max}} + \varepsilon)", "same", "amsgrad", "AMSGrad", "Optax's default", 0.4),
    Row("torch-nadam", "torch", _ADAM, "NAdam", "plain", "NAdam(lr=α, momentum_decay=ψ)", r"\mu_t = \beta_1(1 - \tfrac12 0.96^{t\psi})", "same", "nadam",
        "NAdam", "ψ = 0.004 when it is not", 0.02,
        "Its product of the μₜ is kept in torch's default dtype: with float64 parameters and a float32 default only about nine digits are right."),
    Row("keras-nadam", "keras", _ADAM, "Nadam", "plain", "Nadam(learning_rate=α)", r"\mu_t = \beta_1(1 - \tfrac12 0.96^{t})", "same", "nadam",
        "NAdam with ψ = 1", "PyTorch's schedule", 0.1, "ψ cannot be set."),
    Row("optax-nadam", "optax", _ADAM, "nadam", "plain", "nadam(α)", r"\mu_t = \beta_1", "same", "nadam",
        "NAdam with a constant momentum β₁, its limit for ψ → ∞", "PyTorch's schedule", 0.15, "There is no schedule of the momentum."),
    Row("optax-rmsprop-corrected", "optax", _ADAM, "rmsprop", "bias_correction=True, eps_in_sqrt=False",
        "rmsprop(α, decay=β₂, eps_in_sqrt=False, bias_correction=True)", r"x \leftarrow x - \alpha g/(\sqrt{\hat s} + \varepsilon)", "same", "adam",
        "Adam with β₁ = 0", "RMSProp", 0.55),
    # ---- layers and clipping
    Row("optax-lars", "optax", _LAYER, "lars", "plain", "lars(α, weight_decay=λ, trust_coefficient=η, momentum=β)",
        r"q = \eta\lVert x\rVert/\lVert g + \lambda x\rVert,\; b \leftarrow \beta b + \alpha q(g + \lambda x),\; x \leftarrow x - b", "another method", "",
        "no method of this book; the paper divides by ‖g‖ + λ‖x‖, which is the same for λ = 0", "the paper's LARS", 0.041,
        "One tensor, one ratio: splitting a layer in two changes the method."),
    Row("optax-lamb", "optax", _LAYER, "lamb", "plain", "lamb(α, weight_decay=λ)",
        r"r = \hat m/(\sqrt{\hat s}+\varepsilon) + \lambda x,\; x \leftarrow x - \alpha(\lVert x\rVert/\lVert r\rVert)\, r", "another method", "",
        "no method of this book; the decay stands inside the ratio", "Keras's LAMB", 0.091, "One tensor, one ratio."),
    Row("keras-lamb", "keras", _LAYER, "Lamb", "plain", "Lamb(learning_rate=α, weight_decay=λ)",
        r"x \leftarrow (1-\alpha\lambda)x,\; r = \hat m/(\sqrt{\hat s}+\varepsilon),\; x \leftarrow x - \alpha(\lVert x\rVert/\lVert r\rVert)\, r", "another method", "",
        "no method of this book; the decay stands outside the ratio, which is the same for λ = 0", "Optax's LAMB", 0.091, "One tensor, one ratio."),
    Row("optax-sam", "optax", _LAYER, "contrib.sam", "opaque_mode=True", "contrib.sam(sgd(α), chain(contrib.normalize(), sgd(ρ)), opaque_mode=True)",
        r"x \leftarrow x - \alpha\nabla f\bigl(x + \rho\, g/\lVert g\rVert\bigr)", "another method", "",
        "no method of this book: the gradient is taken a distance ρ uphill", "gradient descent", 0.043, "Two gradients a step."),
    Row("torch-clip", "torch", _LAYER, "clip_grad_norm_", "before a step", "nn.utils.clip_grad_norm_(x, c)", r"g \leftarrow g\,\min\bigl(1, c/(\lVert g\rVert + 10^{-6})\bigr)", "another method", "",
        "changes the gradient before the step", "Optax's clipping", 1.8e-07, "A clipped gradient is a little shorter than c."),
    Row("optax-clip", "optax", _LAYER, "chain", "clip_by_global_norm, sgd", "chain(clip_by_global_norm(c), sgd(α))", r"g \leftarrow g\,\min(1, c/\lVert g\rVert)", "another method", "",
        "changes the gradient before the step", "PyTorch's clipping", 1.8e-07),
)
