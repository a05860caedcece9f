"""A file judged from beginning to end: what is measured on it, the verdict, and the sheet on both."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from studio.clients import inspection, store
from studio.metrics import AskedClip
from studio.quality import as_document, assess_clip
from studio.thresholds import STANDARD

WHO = "the character"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The document on a file, and its sheet in the store, where one was asked for."""

    document: dict[str, Any]
    sheet: store.Stored | None = None


def judge_file(
    path: Path,
    *,
    references: Sequence[Path] = (),
    preset: str = STANDARD,
    asked: AskedClip | None = None,
    sheet: Path | None = None,
) -> dict[str, Any]:
    """Judge a file; `sheet` is where its report is drawn, if anywhere.

    Raises:
        FileMissingError: There is no such file.
        MediaError: It is no video, or a reference no picture, that can be read.
        StorageError: The report cannot be written.
    """
    pictures = {WHO: [inspection.read_picture(reference) for reference in references]}
    clip = inspection.inspect_clip(path)
    assessment = assess_clip(clip, asked, preset=preset, references=pictures)
    if sheet is not None and clip.frames:
        inspection.write_report(path, clip, assessment, sheet, title=path.name)
    return as_document(assessment)


def judge_and_keep(
    path: Path, references: Sequence[Path], preset: str, asked: AskedClip | None, root: Path | None
) -> Judgement:
    """Judge a file; its sheet is kept in the store at `root`, if any.

    Raises:
        FileMissingError, MediaError, StorageError: As of `judge_file`.
    """
    with TemporaryDirectory(prefix="tower-report-") as folder:
        sheet = None if root is None else Path(folder) / "report.svg"
        document = judge_file(path, references=references, preset=preset, asked=asked, sheet=sheet)
        if root is None or sheet is None or not sheet.exists():
            return Judgement(document)
        return Judgement(document, store.put(sheet, root=root))
