export interface Picture {
  /** Brightness, row by row, 0 is black. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** The picture as a grid of 8×8 from 0 for paper to 16 for ink, as scikit-learn's digits are. */
export function toGrid(picture: Picture): Float32Array {
  const { width, height } = picture
  const paper = paperOf(picture)
  const grid = new Float32Array(64)
  for (let at = 0; at < 64; at++) {
    const [column, row] = [at % 8, at >> 3]
    const mean = meanOf(picture, {
      left: (column * width) / 8,
      right: ((column + 1) * width) / 8,
      top: (row * height) / 8,
      bottom: ((row + 1) * height) / 8,
    })
    // Light ink on dark paper is as good.
    grid[at] = (16 * Math.abs(mean - paper)) / 255
  }
  return grid
}

/** White where most of the picture is light, else black. */
function paperOf({ data }: Picture): number {
  const sum = data.reduce((total, value) => total + value, 0)
  return sum / data.length > 127 ? 255 : 0
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** The mean over a box; pixels that it cuts count for the part inside. */
function meanOf({ data, width }: Picture, { left, right, top, bottom }: Box): number {
  let sum = 0
  for (let y = Math.floor(top); y < bottom; y++) {
    const high = Math.min(y + 1, bottom) - Math.max(y, top)
    for (let x = Math.floor(left); x < right; x++) {
      const wide = Math.min(x + 1, right) - Math.max(x, left)
      sum += wide * high * (data[y * width + x] ?? 0)
    }
  }
  return sum / ((right - left) * (bottom - top))
}
