"""One method for each kind of input and answer that BentoML has. service.ts is the same in TypeScript."""

from __future__ import annotations

import typing as t
from http import HTTPStatus
from pathlib import Path

import bentoml
import numpy as np
import pandas as pd
from bentoml.exceptions import BentoMLException, InvalidArgument, NotFound, ServiceUnavailable
from bentoml.exceptions import UnprocessableEntity
from bentoml.validators import ContentType, DataframeSchema, DType, Shape
from PIL.Image import Image
from pydantic import BaseModel, Field


class Item(BaseModel):
    name: str
    price: float = 1.0
    tags: t.List[str] = []


Matrix = t.Annotated[np.ndarray, DType("float32"), Shape((-1, 2))]


@bentoml.service(name="twin", traffic={"timeout": 20})
class Twin:
    @bentoml.api
    def greet(self, name: str = "world", times: t.Annotated[int, Field(ge=1, le=5)] = 1) -> str:
        return f"hello {name}" * times

    @bentoml.api
    def add(self, a: int, b: int) -> int:
        return a + b

    @bentoml.api
    def half(self, x: float) -> float:
        return x / 2

    @bentoml.api
    def flip(self, on: bool) -> bool:
        return not on

    @bentoml.api
    def nothing(self) -> None:
        return None

    @bentoml.api
    def item(self, item: Item) -> Item:
        return item

    @bentoml.api
    def items(self, items: t.List[Item]) -> t.List[float]:
        return [item.price for item in items]

    @bentoml.api
    def shout(self, text: str, /) -> str:
        return text.upper()

    @bentoml.api
    def reverse(self, xs: t.List[int], /) -> t.List[int]:
        return xs[::-1]

    @bentoml.api
    def item_root(self, item: Item, /) -> t.Dict[str, float]:
        return {item.name: item.price}

    @bentoml.api(batchable=True, max_batch_size=8, max_latency_ms=10000)
    def classify(self, features: t.List[t.List[float]]) -> t.List[float]:
        return [sum(row) for row in features]

    @bentoml.api
    def matrix(self, x: Matrix) -> t.Annotated[np.ndarray, DType("float32")]:
        return x * 2

    @bentoml.api
    def frame(
        self, rows: t.Annotated[pd.DataFrame, DataframeSchema(orient="records")]
    ) -> t.Annotated[pd.DataFrame, DataframeSchema(orient="records")]:
        return rows

    @bentoml.api
    def columns(
        self, rows: t.Annotated[pd.DataFrame, DataframeSchema(orient="columns", columns=["a", "b"])]
    ) -> t.Annotated[pd.DataFrame, DataframeSchema(orient="columns", columns=["a", "b"])]:
        return rows

    @bentoml.api
    def file_in(self, f: Path, label: str = "x") -> str:
        return f"{label}:{f.stat().st_size}:{f.read_text()}"

    @bentoml.api
    def files(self, fs: t.List[Path]) -> int:
        return sum(f.stat().st_size for f in fs)

    @bentoml.api
    def audio(self, f: t.Annotated[Path, ContentType("audio/mpeg")]) -> int:
        return f.stat().st_size

    @bentoml.api
    def file_root(self, f: t.Annotated[Path, ContentType("image/png")], /) -> int:
        return f.stat().st_size

    @bentoml.api
    def file_out(self, ctx: bentoml.Context) -> t.Annotated[Path, ContentType("text/csv")]:
        path = Path(ctx.temp_dir) / "out.csv"
        path.write_text("a,b\n1,2\n")
        return path

    @bentoml.api
    def picture(self, image: Image) -> Image:
        return image

    @bentoml.api
    def blob(self) -> bytes:
        return b"\x00\x01\xff"

    @bentoml.api
    def words(self, n: int = 3) -> t.Generator[str, None, None]:
        for i in range(n):
            yield f"word {i}\n"

    @bentoml.api
    def late(self) -> t.Generator[str, None, None]:
        raise InvalidArgument("too late")
        yield ""

    @bentoml.api
    def err(self, kind: str) -> str:
        errors: t.Dict[str, Exception] = {
            "invalid": InvalidArgument("invalid"),
            "notfound": NotFound("not found"),
            "unprocessable": UnprocessableEntity("unprocessable"),
            "unavailable": ServiceUnavailable("unavailable"),
            "teapot": BentoMLException("teapot", error_code=HTTPStatus.IM_A_TEAPOT),
            "forbidden": BentoMLException("forbidden", error_code=HTTPStatus.FORBIDDEN),
            "value": ValueError("value"),
        }
        raise errors[kind]

    @bentoml.api
    def maybe(self, xs: t.Optional[t.List[int]] = None) -> t.Optional[t.List[int]]:
        return xs

    @bentoml.api
    def level(self, level: t.Literal[1, 2] = 1) -> t.Literal[1, 2]:
        return level

    @bentoml.api(route="/v1/custom")
    def renamed(self, x: int = 0) -> int:
        return x
