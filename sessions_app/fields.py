"""Form fields whose bounds and defaults come from the session configuration, and whose errors name field and remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import annotated_types
from django import forms
from pydantic import BaseModel

Choices = Iterable[tuple[str, str]]


def number(
    model: type[BaseModel], name: str, label: str, *, unit: str = "", step: float = 1, help_text: str = ""
) -> forms.Field:
    """A number within the bounds of ``model.name``; empty only where the model's default is no number."""
    low, high, integral = bounds(model, name)
    default = model.model_fields[name].default
    optional = not isinstance(default, int | float)
    kind, tail = "a whole number" if integral else "a number", ", or leave it empty" if optional else ""
    message = f"Enter {kind} from {low:g} to {high:g}{unit and f' {unit}'} for {label}{tail}."
    field_class: Any = forms.IntegerField if integral else forms.FloatField
    field: forms.Field = field_class(
        label=label,
        required=not optional,
        initial=None if optional else default,
        min_value=int(low) if integral else low,
        max_value=int(high) if integral else high,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"step": step}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), message),
    )
    return field


def choice(
    label: str, choices: Choices = (), *, initial: Any = None, radio: bool = False, help_text: str = ""
) -> forms.ChoiceField:
    """One of several values; a select, or radio buttons."""
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        initial=initial,
        help_text=help_text,
        widget=forms.RadioSelect if radio else forms.Select,
        error_messages={
            "required": f"Choose a value for {label}.",
            "invalid_choice": f"“%(value)s” is not offered for {label} here. Choose one of the values listed.",
        },
    )


def text(label: str, annotation: Any, *, rows: int = 1, initial: str = "", help_text: str = "") -> forms.CharField:
    """A text that may be empty, as long as the annotated type allows."""
    longest = max_length(annotation)
    widget = forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput
    message = f"Shorten {label} to %(limit_value)d characters (it has %(show_value)d)."
    return forms.CharField(
        label=label,
        required=False,
        initial=initial,
        max_length=longest,
        help_text=help_text,
        widget=widget,
        error_messages={"max_length": message},
    )


def description(model: type[BaseModel], name: str) -> str:
    """What the configuration says of ``model.name``. Raises TypeError where it says nothing."""
    if text := model.model_fields[name].description:
        return text
    raise TypeError(f"{model.__name__}.{name} has no description")


def bounds(model: type[BaseModel], name: str) -> tuple[float, float, bool]:
    """Lowest and highest value of a number of the model, and whether it is a whole number.

    In a union with something else (``int | "inf"``) the number's own bounds count.
    """
    info = model.model_fields[name]
    for metadata, kind in [(info.metadata, info.annotation), *_members(info.annotation)]:
        low = next((each.ge for each in metadata if isinstance(each, annotated_types.Ge)), None)
        high = next((each.le for each in metadata if isinstance(each, annotated_types.Le)), None)
        if low is not None and high is not None:
            return float(low), float(high), kind is int  # type: ignore[arg-type]
    raise TypeError(f"{model.__name__}.{name} is not a bounded number")


def _members(annotation: Any) -> Iterable[tuple[list[Any], Any]]:
    """Metadata and type of each annotated member of a union."""
    for member in get_args(annotation):
        inner = get_args(member)
        for extra in getattr(member, "__metadata__", ()):
            yield extra.metadata, inner[0]


def max_length(annotation: Any) -> int:
    """The longest text an ``Annotated[str, Field(max_length=...)]`` takes."""
    for extra in annotation.__metadata__:
        for each in extra.metadata:
            if isinstance(each, annotated_types.MaxLen):
                return each.max_length
    raise TypeError("not a text of bounded length")


def pattern(annotation: Any) -> str:
    """The regular expression of an ``Annotated[str, Field(pattern=...)]``."""
    for extra in annotation.__metadata__:
        for each in extra.metadata:
            if found := getattr(each, "pattern", None):
                return str(found)
    raise TypeError("not a text with a pattern")
