"""The inputs of nodes as a server describes them, and what of a value or a link does not fit.

What is not understood of a description is no fault: servers know more types than we do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

COMBO: Final = "COMBO"
ANY: Final = "*"
_DYNAMIC: Final = "COMFY_"
_DYNAMIC_COMBO: Final = "COMFY_DYNAMICCOMBO_V3"
_UPLOADS: Final = ("image_upload", "video_upload", "audio_upload", "file_upload", "animated_image_upload")
_ENUMERATIONS: Final = (COMBO, _DYNAMIC_COMBO)
_MOST_TOLD: Final = 20
_ONLY_LINKED: Final = (
    *("MODEL", "CLIP", "VAE", "CONDITIONING", "LATENT", "IMAGE", "MASK", "VIDEO", "AUDIO"),
    *("CLIP_VISION", "CLIP_VISION_OUTPUT", "CONTROL_NET", "SAMPLER", "SIGMAS", "NOISE", "GUIDER"),
    *("STYLE_MODEL", "GLIGEN", "UPSCALE_MODEL"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an input, by ComfyUI's own name; `available` lists what it would take."""

    kind: str
    message: str
    available: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputSpec:
    """An input of a node class: its type or its options, and whether it is among the required ones."""

    name: str
    type: object
    config: Mapping[str, Any]
    is_required: bool

    @property
    def is_dynamic(self) -> bool:
        """Whether it stands for inputs that the graph's own values bring about; it may lack itself."""
        return isinstance(self.type, str) and self.type.startswith(_DYNAMIC)

    @property
    def options(self) -> tuple[Any, ...] | None:
        """What it can be set to; None where that is free, or only the server can tell."""
        if "remote" in self.config or any(self.config.get(key) for key in _UPLOADS):
            return None
        listed = self.config.get("options") if self.type in _ENUMERATIONS else self.type
        if not isinstance(listed, list | tuple):
            return None
        return tuple(each["key"] if isinstance(each, Mapping) and "key" in each else each for each in listed)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: the first of them where they are many."""
    more = f" and {len(names) - _MOST_TOLD} more" if len(names) > _MOST_TOLD else ""
    return (", ".join(names[:_MOST_TOLD]) or "none") + more


def input_specs(node_class: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[InputSpec]:
    """The inputs of a class of `/object_info`, with those that come with the options that `values` choose."""
    inputs = node_class.get("input")
    return _specs(inputs if isinstance(inputs, Mapping) else {}, values, prefix="")


def fault_of_value(spec: InputSpec, value: object) -> Fault | None:
    """What is wrong with a value that stands in the graph itself."""
    match value:
        case {"__value__": inner}:
            value = inner
    if spec.type in ("INT", "FLOAT"):
        return _fault_of_number(spec, value)
    if spec.type in _ONLY_LINKED:
        return Fault("invalid_input_type", f"takes a {spec.type} from another node, and holds {value!r}")
    is_ignored = spec.is_dynamic and not spec.is_required  # a choice that is not there brings no inputs about
    if spec.options is not None and not is_ignored:
        return _fault_of_choice(spec, spec.options, value)
    return None


def is_taken(spec_type: object, received: object) -> bool:
    """Whether an input takes what an output gives; as in ComfyUI, one type in common is enough."""
    if received == spec_type or not _is_known(received) or not _is_known(spec_type):
        return True
    if isinstance(received, list | tuple) or isinstance(spec_type, list | tuple):
        return _is_list(received) and _is_list(spec_type)
    given, taken = _types(str(received)), _types(str(spec_type))
    return ANY in given | taken or bool(given & taken)


def _specs(groups: Mapping[str, Any], values: Mapping[str, Any], *, prefix: str) -> Iterator[InputSpec]:
    for group in ("required", "optional"):
        for name, written in (groups.get(group) or {}).items():
            match written:
                case [kind, dict(config), *_]:
                    pass
                case [kind, *_]:
                    config = {}
                case _:
                    continue
            yield InputSpec(prefix + name, kind, config, is_required=group == "required")
            if kind == _DYNAMIC_COMBO:
                chosen = _chosen(config, values.get(prefix + name))
                yield from _specs(chosen, values, prefix=f"{prefix}{name}.")


def _chosen(config: Mapping[str, Any], value: object) -> Mapping[str, Any]:
    """The inputs of the option that is chosen."""
    for option in config.get("options") or ():
        match option:
            case {"key": key, "inputs": dict(inputs)} if key == value:
                return inputs
    return {}


def _fault_of_number(spec: InputSpec, value: Any) -> Fault | None:
    try:
        number = int(value) if spec.type == "INT" else float(value)
    except (TypeError, ValueError, OverflowError):
        return Fault("invalid_input_type", f"must be of type {spec.type}, and holds {value!r}")
    least, most = spec.config.get("min"), spec.config.get("max")
    if isinstance(least, int | float) and number < least:
        return Fault("value_smaller_than_min", f"must be at least {least}, and is {number}")
    if isinstance(most, int | float) and number > most:
        return Fault("value_bigger_than_max", f"must be at most {most}, and is {number}")
    return None


def _fault_of_choice(spec: InputSpec, options: tuple[Any, ...], value: object) -> Fault | None:
    chosen = value if isinstance(value, list) and spec.config.get("multiselect") else [value]
    for each in chosen:
        if each not in options:
            there = tuple(str(option) for option in options)
            return Fault("value_not_in_list", f"has no {each!r} (it has: {listed(there)})", there)
    return None


def _is_known(kind: object) -> bool:
    return isinstance(kind, list | tuple) or (isinstance(kind, str) and not kind.startswith(_DYNAMIC))


def _is_list(kind: object) -> bool:
    return isinstance(kind, list | tuple) or (isinstance(kind, str) and bool({COMBO, ANY} & _types(kind)))


def _types(written: str) -> set[str]:
    return {each.strip() for each in written.split(",")}
