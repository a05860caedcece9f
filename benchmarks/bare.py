"""A bare FastAPI route that answers JSON from memory: `python -m benchmarks.bare PORT FILE`."""

import json
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

app = FastAPI()
ROWS: list[dict[str, Any]] = []


@app.get("/rows")
def rows() -> list[dict[str, Any]]:
    return ROWS


if __name__ == "__main__":
    ROWS.extend(json.loads(Path(sys.argv[2]).read_text()))
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
