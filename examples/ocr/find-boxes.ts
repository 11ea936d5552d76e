export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface MapSize {
  readonly width: number
  readonly height: number
  /** From the map to the photo. */
  readonly scaleX: number
  readonly scaleY: number
}

const threshold = 0.3
// The mean that the map must have inside a box.
const leastConfidence = 0.6
const leastSide = 3
// The network marks the middle of a line: how far its box goes beyond that.
const unclipRatio = 1.5

interface Region {
  left: number
  right: number
  top: number
  bottom: number
  pixels: number
  sum: number
}

/** The upright boxes of the regions that a detector marked, in the photo's own pixels, from top to bottom. */
export function findBoxes(map: Float32Array, size: MapSize): Box[] {
  const boxes = findRegions(map, size)
    .filter(isText)
    .map((region) => toBox(region, size))
  return boxes.toSorted((a, b) => (isSameLine(a, b) ? a.left - b.left : a.top - b.top))
}

/** Connected pixels above the threshold, by filling one region after another. */
function findRegions(map: Float32Array, { width, height }: MapSize): Region[] {
  const isOpen = Uint8Array.from(map, (value) => (value > threshold ? 1 : 0))
  const regions: Region[] = []
  for (let start = isOpen.indexOf(1); start !== -1; start = isOpen.indexOf(1, start + 1)) {
    const region = { left: width, right: 0, top: height, bottom: 0, pixels: 0, sum: 0 }
    for (const at of fill(isOpen, start, width)) {
      grow(region, at % width, Math.floor(at / width))
      region.sum += map[at] ?? 0
    }
    regions.push(region)
  }
  return regions
}

/** The pixels that hang together with this one; each is closed as it is found. */
function fill(isOpen: Uint8Array, start: number, width: number): number[] {
  const found = [start]
  isOpen[start] = 0
  for (const at of found) {
    for (const next of neighbours(at, { x: at % width, width, length: isOpen.length })) {
      if (isOpen[next] === 0) continue
      isOpen[next] = 0
      found.push(next)
    }
  }
  return found
}

function grow(region: Region, x: number, y: number): void {
  region.left = Math.min(region.left, x)
  region.right = Math.max(region.right, x)
  region.top = Math.min(region.top, y)
  region.bottom = Math.max(region.bottom, y)
  region.pixels += 1
}

interface Position {
  readonly x: number
  readonly width: number
  readonly length: number
}

function neighbours(at: number, { x, width, length }: Position): number[] {
  const all = [at - width, at + width]
  if (x > 0) all.push(at - 1)
  if (x < width - 1) all.push(at + 1)
  return all.filter((one) => one >= 0 && one < length)
}

function isText({ left, right, top, bottom, pixels, sum }: Region): boolean {
  const shortest = Math.min(right - left, bottom - top) + 1
  return shortest >= leastSide && sum / pixels >= leastConfidence
}

function toBox({ left, right, top, bottom }: Region, size: MapSize): Box {
  const wide = right - left + 1
  const high = bottom - top + 1
  const margin = (wide * high * unclipRatio) / (2 * (wide + high))
  const x = Math.round(clip(left - margin, size.width) * size.scaleX)
  const y = Math.round(clip(top - margin, size.height) * size.scaleY)
  const endX = Math.floor(clip(right + 1 + margin, size.width) * size.scaleX)
  const endY = Math.floor(clip(bottom + 1 + margin, size.height) * size.scaleY)
  return { left: x, top: y, width: endX - x, height: endY - y }
}

function isSameLine(a: Box, b: Box): boolean {
  return Math.abs(a.top + a.height / 2 - b.top - b.height / 2) < Math.min(a.height, b.height) / 2
}

function clip(value: number, most: number): number {
  return Math.min(Math.max(0, value), most)
}
