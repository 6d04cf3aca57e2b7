"""What an environment renders, as a small PNG."""

import io
from typing import Any

import numpy as np
from PIL import Image

_WIDEST = 240  # pixels, of a picture in a report
_COLOURS = 64


class NotRendered(Exception):
    """Why an environment gives no picture, to be told in a note."""


def rendered(env: Any) -> bytes:
    """Return what an environment looks like now, scaled down to fit into a report.

    Raises:
        NotRendered: it renders nothing, or something that is no picture.
    """
    if getattr(env, "render_mode", None) not in ("rgb_array", "rgb_array_list"):
        raise NotRendered("the environment cannot be rendered as `rgb_array`")
    try:
        found = env.render()
    except (Exception, SystemExit) as error:
        raise NotRendered(
            f"the environment's `render` raised {type(error).__name__}: {error}"
        ) from error
    picture = np.asarray(found[-1] if isinstance(found, list) and found else found)
    if picture.ndim != 3 or picture.shape[2] not in (3, 4) or 0 in picture.shape:
        raise NotRendered(
            f"the environment's `render` gave {_shape(found, picture)}, which is no picture"
        )
    return _png(np.clip(picture, 0, 255).astype(np.uint8)[..., :3])


def _shape(found: Any, picture: np.ndarray) -> str:
    kind = type(found).__name__
    return f"an array of shape {picture.shape}" if picture.shape else f"a {kind}"


def _png(picture: np.ndarray) -> bytes:
    image = Image.fromarray(picture)
    image.thumbnail((_WIDEST, _WIDEST), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()
