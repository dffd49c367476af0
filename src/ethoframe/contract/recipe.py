"""A recipe: a small graph of methods, written as data.

Steps are named and refer to earlier steps by name, so the graph cannot have a cycle. ``of`` is the
method's main input, the method's other inputs go by their own names, and every other word of a
step is a parameter::

    title = "Open field"
    takes = {recording = "recording"}

    [steps]
    background = {method = "summarise/background", of = "recording"}
    animal = {method = "segment/silhouette", of = "recording", background = "background"}

    [gives]
    animal = "animal"

A recipe that begins with a film may say in ``[from_tracks]`` which of its steps are made otherwise
where the animal was followed already, by whatever program: these take ``tracks``. One that is
``like`` such a recipe and needs the film says ``from_tracks = false``; a step or output that it
goes without is written ``name = false`` in its table. Where that is the step of ``for_each``,
nothing finds where an animal is: it must be given, and is asked for before the first frame.

Definitions differ between laboratories. In ``[otherwise]`` stands which others can be defended, by
name: what is measured is then measured by each of them as well (`run.otherwise`)::

    [otherwise]
    "least bout 0.5 s" = { "freezing.least_s" = 0.5 }
    "speed threshold halved" = { "freezing.still_mm_per_s" = "x0.5" }
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ethoframe.contract import catalog
from ethoframe.contract.like import FROM_TRACKS, OTHERWISE, filmed, merged, placed, table
from ethoframe.contract.method import Method
from ethoframe.contract.otherwise import check, resolved
from ethoframe.contract.spec import In, Kind, Spec
from ethoframe.data import Refusal


@dataclass(frozen=True)
class Step:
    """One method at work in a recipe.

    Parameters
    ----------
    name
        What its answer is called.
    method
        With its parameters.
    inputs
        Which earlier answer (or input of the recipe) each of the method's inputs is.
    """

    name: str
    method: Method
    inputs: Mapping[str, str]

    @property
    def main(self) -> str:
        """Where the method's main input comes from."""
        return self.inputs[next(iter(self.method.takes))]


@dataclass(frozen=True)
class Recipe:
    """A graph of methods that is used like a method.

    Parameters
    ----------
    name, title, summary
        What it is called at the command line, on a page, and what it does in one line.
    takes
        Kinds of its inputs by name.
    steps
        In an order in which every step comes after those it refers to.
    gives
        Named outputs: which step answers each.
    for_each
        The step that says where one animal is: where a picture shows several arenas, the recipe is
        carried out once for each. Empty where it is always for the whole picture.
    may_lack
        Outputs that are left out, with a word on why, where tracks lack a keypoint that they need.
    otherwise
        Other definitions that can be defended: by name, the parameters that differ, each a value or
        a multiple of what it is, as ``"x0.5"``.
    """

    name: str
    title: str
    summary: str
    takes: Mapping[str, Kind]
    steps: tuple[Step, ...]
    gives: Mapping[str, str]
    for_each: str = ""
    may_lack: tuple[str, ...] = ()
    otherwise: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def from_toml(
        cls,
        text: str,
        name: str,
        load: Callable[[str], Recipe] | None = None,
        base: Callable[[str], str] | None = None,
        *,
        from_tracks: bool = False,
    ) -> Recipe:
        """The recipe written in `text`.

        Parameters
        ----------
        text
            TOML.
        name
            What it is called.
        load
            Finds nested recipes by name.
        base
            Finds the text of a recipe that this one is ``like``: all of that one, with the steps
            that are written here in place of those of the same name, and new steps before the first
            that needs them.
        from_tracks
            Whether it is to begin with tracks, and not with a film: with the steps of
            ``[from_tracks]``, and without what only a film could give.

        Raises
        ------
        Refusal
            When the text is no TOML, a step refers to something that is not there before it, or
            another definition cannot be carried out.
        """
        try:
            written = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise Refusal(name, f"is not TOML: {error}", "correct that line") from None
        if "like" in written and base:
            written = merged(name, written, base)
        _refuse_unknown(name, written, _WORDS)
        traced = from_tracks and written.get(FROM_TRACKS)
        recipe = (_from_tracks if traced else cls._read)(written, name, load)
        check(recipe)
        return recipe

    @classmethod
    def _read(
        cls, written: Mapping[str, Any], name: str, load: Callable[[str], Recipe] | None
    ) -> Recipe:
        takes = {
            key: _kind(f"{name}.takes.{key}", kind) for key, kind in table(name, written, "takes")
        }
        steps: list[Step] = []
        seen = {key: key for key in takes}
        for step_name, words in table(name, written, "steps"):
            where = f"{name}.{step_name}"
            added, names = _read_step(where, step_name, words, seen, load)
            if names.keys() & seen.keys():
                raise Refusal(where, "that name is there already", "call one of them otherwise")
            steps += added
            seen |= names
        gives = {}
        for output, source in table(name, written, "gives"):
            if source not in seen or (source in takes and source != written.get("for_each")):
                where, reason = f"{name}.gives.{output}", f"there is no step {source!r}"
                raise Refusal(where, reason, _among(key for key in seen if key not in takes))
            gives[output] = seen[source]
        each = written.get("for_each", "")
        if each and each not in seen:
            raise Refusal(f"{name}.for_each", f"there is no step {each!r}", _among(seen))
        lacking = tuple(written.get("may_lack", ()))
        for output in lacking:
            if output not in gives:
                where = f"{name}.may_lack"
                raise Refusal(where, f"there is no output {output!r}", _among(gives))
        title, summary = written.get("title", name), written.get("summary", "")
        other = dict(table(name, written, OTHERWISE))
        return cls(name, title, summary, takes, tuple(steps), gives, each, lacking, other)

    def step(self, name: str) -> Step:
        """The step called `name`.

        Raises
        ------
        Refusal
            When there is none.
        """
        for step in self.steps:
            if step.name == name:
                return step
        if name in self.takes:
            reason = "it is given, and there is nothing to be set of it"
            raise Refusal(f"{self.name}.{name}", reason, "say it in what is given")
        where, names = f"{self.name}.{name}", (step.name for step in self.steps)
        raise Refusal(where, "there is no such step", _among(names))

    def configured(self, settings: Mapping[str, Any]) -> Recipe:
        """The same recipe with parameters set by ``"step.parameter"``.

        Raises
        ------
        Refusal
            When there is no such step or parameter, or it cannot have that value.
        """
        changed = {step.name: step for step in self.steps}
        for path, value in settings.items():
            step_name, _, parameter = path.rpartition(".")
            if not step_name:
                raise Refusal(path, "names no step", "write it as step.parameter")
            step = changed[self.step(step_name).name]
            method = step.method.with_parameters({parameter: value})
            changed[step_name] = replace(step, method=method)
        return replace(self, steps=tuple(changed.values()))

    def varied(self, name: str) -> Recipe:
        """The same recipe by the other definition called `name`.

        Raises
        ------
        Refusal
            When there is no such step or parameter, or it cannot have that value.
        """
        return self.configured(resolved(self, self.otherwise[name]))

    def without(self, *names: str) -> Recipe:
        """The recipe without some inputs, and without all that cannot be had without them.

        Where one animal is must still be known: the step of `for_each` becomes an input.

        Parameters
        ----------
        names
            Of inputs.
        """
        gone, asked = set(names), dict[str, Kind]()
        steps: list[Step] = []
        for step in self.steps:
            if any(source in gone for source in _required(step)):
                if step.name == self.for_each:
                    asked[step.name] = step.method.gives
                else:
                    gone.add(step.name)
                continue
            inputs = {key: source for key, source in step.inputs.items() if source not in gone}
            steps.append(replace(step, inputs=inputs))
        takes = {**{key: kind for key, kind in self.takes.items() if key not in gone}, **asked}
        kept = (*takes, *(step.name for step in steps))
        return replace(
            self,
            takes=takes,
            steps=tuple(steps),
            gives={output: step for output, step in self.gives.items() if step in kept},
        )

    def possible(self, **specs: Spec) -> tuple[Recipe, dict[str, Refusal]]:
        """The recipe without outputs that may be lacking and are refused; and why, by their names.

        Parameters
        ----------
        specs
            As of `outline`.
        """
        known, gone = dict(specs), dict[str, Refusal]()
        for step in self.steps:
            if step.name in known:
                continue
            if lost := [source for source in _required(step) if source in gone]:
                gone[step.name] = gone[lost[0]]
            elif all(source in known for source in _required(step)):
                try:
                    known[step.name] = _outlined(self.name, step, known)
                except Refusal as refusal:
                    gone[step.name] = refusal
        lacking = {o: gone[s] for o, s in self.gives.items() if s in gone and o in self.may_lack}
        needed = [s for output, s in self.gives.items() if output not in lacking]
        kept: list[Step] = []
        for step in reversed(self.steps):
            if step.name in needed or step.name not in gone:
                needed += [s for s in _required(step) if s in gone]
                kept.insert(0, step)
        names = {*self.takes, *specs, *(step.name for step in kept)}
        steps = tuple(
            replace(step, inputs={k: s for k, s in step.inputs.items() if s in names})
            for step in kept
        )
        gives = {output: step for output, step in self.gives.items() if output not in lacking}
        return (replace(self, steps=steps, gives=gives) if lacking else self), lacking

    @property
    def film(self) -> str:
        """Name of the recording it takes; empty for a recipe that begins with tracks."""
        return next((name for name, kind in self.takes.items() if kind is Kind.RECORDING), "")

    def outline(self, **specs: Spec) -> dict[str, Spec]:
        """Specs of every answer, worked out from end to end before the first frame.

        Besides the recipe's inputs, `specs` may hold answers that are given; what only they needed
        need not be there.

        Raises
        ------
        Refusal
            When an input is missing or of another kind than a step takes, or the step refuses it.
        """
        for name, kind in self.takes.items():
            if name in specs:
                _refuse_kind(f"{self.name}.{name}", name, specs[name], kind)
        known = dict(specs)
        absent: dict[str, str] = {}
        for step in self.steps:
            if step.name in known:
                _refuse_kind(f"{self.name}.{step.name}", "it", known[step.name], step.method.gives)
            elif lacking := [s for s in _required(step) if s not in known]:
                absent[step.name] = absent.get(lacking[0], lacking[0])
            else:
                known[step.name] = _outlined(self.name, step, known)
        for output in self.gives.values():
            if output in absent:
                raise Refusal(self.name, f"{absent[output]} must be given", "name it as an input")
        return known


TRACKS = "tracks"
"""What those steps call the tracks."""

_WORDS = (
    "title", "summary", "for_each", "takes", "steps", "gives", "may_lack", FROM_TRACKS, OTHERWISE,
)  # fmt: skip


def _from_tracks(
    written: Mapping[str, Any], name: str, load: Callable[[str], Recipe] | None
) -> Recipe:
    """The recipe that begins with tracks."""
    takes = {TRACKS: Kind.TRACKS.value, **dict(table(name, written, "takes"))}
    films = [key for key, kind in takes.items() if kind == Kind.RECORDING]
    own = dict(table(name, written, FROM_TRACKS))
    steps = {**written.get("steps", {}), **own}
    # Where the film said where one animal is, the user says it; a step may ask for it before
    # that which would have found it.
    each = written.get("for_each", "")
    if each in filmed(steps, films):
        takes[each] = catalog.find(steps.pop(each)["method"]).gives.value
    elif each in own:
        takes.pop(each, None)
    recipe = Recipe._read({**written, "takes": takes, "steps": placed(steps, {})}, name, load)
    return recipe.without(*films)


def _required(step: Step) -> list[str]:
    return [s for key, s in step.inputs.items() if not step.method.takes[key].optional]


def _outlined(recipe: str, step: Step, known: Mapping[str, Spec]) -> Spec:
    inputs = {key: known[source] for key, source in step.inputs.items() if source in known}
    for key, spec in inputs.items():
        step.method.takes[key].check(f"{recipe}.{step.name}", key, spec)
    return step.method.outline(**inputs)


# What is told of earlier answers below is `seen`: names that may be written, and the step or input
# that each stands for. They differ for outputs of nested recipes only.


def _read_step(
    where: str,
    name: str,
    words: Any,
    seen: Mapping[str, str],
    load: Callable[[str], Recipe] | None,
) -> tuple[list[Step], dict[str, str]]:
    words = dict(words) if isinstance(words, dict) else {}
    if "recipe" in words and load:
        return _inlined(where, name, load(words.pop("recipe")), words, seen)
    if "method" not in words:
        raise Refusal(where, "names no method", 'write {method = "room/name", of = "STEP"}')
    try:
        method_class = catalog.find(words.pop("method"))
        inputs = _wired(where, method_class.takes, words, seen)
        method = method_class().with_parameters(words)
    except Refusal as no:
        told = no.where if no.where.startswith(where) else f"{where}: {no.where}"
        raise Refusal(told, no.reason, no.remedy) from None
    return [Step(name, method, inputs)], {name: name}


def _wired(
    where: str, takes: Mapping[str, In], words: dict[str, Any], seen: Mapping[str, str]
) -> dict[str, str]:
    """Which earlier answer each input is; those words are taken out of `words`."""
    main = next(iter(takes))
    inputs: dict[str, str] = {}
    for word in [w for w in words if w == "of" or w in takes]:
        key, source = main if word == "of" else word, words.pop(word)
        if not isinstance(source, str) or source not in seen:
            raise Refusal(where, f"{word} = {source!r} does not come before it", _among(seen))
        if key in inputs:
            raise Refusal(where, f"{main} is given twice", "keep one of the two")
        inputs[key] = seen[source]
    missing = [key for key, need in takes.items() if not need.optional and key not in inputs]
    if missing:
        raise Refusal(where, f"{', '.join(missing)} must be given", f'write {missing[0]} = "STEP"')
    return inputs


def _inlined(
    where: str, name: str, inner: Recipe, words: dict[str, Any], seen: Mapping[str, str]
) -> tuple[list[Step], dict[str, str]]:
    """The steps of a nested recipe, prefixed; its outputs are referred to as ``name.output``."""
    inputs = _wired(where, {key: In(kind) for key, kind in inner.takes.items()}, words, seen)
    _refuse_unknown(where, words, inner.takes)
    renamed = inputs | {step.name: f"{name}.{step.name}" for step in inner.steps}
    steps = [
        Step(renamed[s.name], s.method, {key: renamed[source] for key, source in s.inputs.items()})
        for s in inner.steps
    ]
    outputs = {f"{name}.{output}": renamed[source] for output, source in inner.gives.items()}
    return steps, {step.name: step.name for step in steps} | outputs


def _kind(where: str, kind: Any) -> Kind:
    if kind not in list(Kind):
        raise Refusal(where, f"there is no kind {kind!r}", _among(Kind))
    return Kind(kind)


def _refuse_kind(where: str, what: str, spec: Spec, kind: Kind) -> None:
    if spec.kind is not kind:
        raise Refusal(where, f"{what} must be {kind}, and is {spec.kind}", f"give it {kind}")


def _refuse_unknown(where: str, words: Iterable[str], known: Iterable[str]) -> None:
    for word in words:
        if word not in known:
            raise Refusal(where, f"the word {word!r} means nothing here", _among(known))


def _among(names: Iterable[str]) -> str:
    return f"there are: {', '.join(names)}"
