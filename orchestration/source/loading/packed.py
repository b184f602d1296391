"""Compressed files: known by their first bytes, and read as what is in them."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from orchestration.core.errors import UserError

_ZIP = b"PK\x03\x04"


def _zstd(stream: Any) -> Any:
    # It takes a quarter of a second to import.
    import pyarrow as pa  # noqa: PLC0415

    return pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd")


class _Unpacked(io.RawIOBase):
    """What is in a compressed file; UserError where that is cut or damaged."""

    def __init__(self, stream: Any, name: str, packing: str) -> None:
        self._stream = stream
        self._file = f"{name} is a {packing} file"
        self._damaged = f"{name} is a damaged {packing} file"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            count: int = self._stream.readinto(buffer)
        except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            # The system's own, such as a disk that cannot be read.
            if getattr(error, "errno", None):
                raise
            if isinstance(error, EOFError) or "Truncated" in str(error):
                raise UserError(
                    f"{self._file} that ends too early: copy or download it again."
                ) from None
            raise UserError(f"{self._damaged}: {error}.") from None
        return count


# By a file's first bytes: what it is called, and what reads it.
_PACKINGS: dict[bytes, tuple[str, Callable[[BinaryIO], Any]]] = {
    b"\x1f\x8b": ("gzip", lambda stream: gzip.GzipFile(fileobj=stream)),
    b"BZh": ("bzip2", bz2.BZ2File),
    b"\xfd7zXZ\0": ("xz", lzma.LZMAFile),
    b"\x28\xb5\x2f\xfd": ("zstd", _zstd),
}


def unpacked(
    stream: "io.BufferedReader[io.FileIO]", name: str
) -> "io.BufferedReader[_Unpacked] | None":
    """Return what is in a compressed file; None: it is not compressed.

    Raises UserError for an archive, which may hold several files.
    """
    first = stream.peek(6)[:6]
    if first.startswith(_ZIP):
        raise UserError(f"{name} is a zip archive: unpack it, and load what is in it.")
    for magic, (packing, opened) in _PACKINGS.items():
        if first.startswith(magic):
            return io.BufferedReader(_Unpacked(opened(stream), name, packing))
    return None
