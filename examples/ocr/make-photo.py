"""Makes photo.jpg: a receipt as a phone would see it, a little tilted, shaded and noisy.

    python -m venv .venv && .venv/bin/pip install numpy==2.3.5 pillow==13.0.0 matplotlib==3.11.2
    .venv/bin/python make-photo.py
"""

from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

LINES = [
    "BAKERY AT THE CORNER",
    "12 Mill Lane, Bonn",
    "2 Croissant        3.80",
    "1 Rye bread        4.25",
    "1 Coffee, large    3.10",
    "TOTAL EUR         11.15",
    "Thank you for your visit!",
]
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
HERE = Path(__file__).parent


def main() -> None:
    paper = Image.new("RGB", (620, 560), (244, 240, 230))
    draw = ImageDraw.Draw(paper)
    for at, line in enumerate(LINES):
        bold = at in (0, 5)
        font = ImageFont.truetype(str(FONTS / f"DejaVuSansMono{'-Bold' if bold else ''}.ttf"), 34)
        draw.text((40, 40 + 70 * at), line, font=font, fill=(40, 38, 45))
    scene = Image.new("RGB", (900, 760), (96, 72, 58))
    scene.paste(paper, (140, 100))
    scene = scene.rotate(1.5, resample=Image.Resampling.BICUBIC, fillcolor=(96, 72, 58))
    pixels = np.asarray(scene.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32)
    shade = np.linspace(1.0, 0.72, pixels.shape[1])[None, :, None]
    noise = np.random.default_rng(1).normal(0, 5, pixels.shape)
    photo = Image.fromarray(np.clip(pixels * shade + noise, 0, 255).astype(np.uint8))
    photo.save(HERE / "photo.jpg", quality=70)


if __name__ == "__main__":
    main()
