import { readFile } from 'node:fs/promises'
import { api, image, models, onStartup, service } from 'bentojs'
import type { UploadedFile } from 'bentojs'
import sharp from 'sharp'
import { z } from 'zod'
import { findBoxes } from './find-boxes.ts'
import { readCharacters } from './read-characters.ts'

const Line = z.object({
  text: z.string(),
  /** The mean of what the model gives its characters. */
  confidence: z.number(),
  left: z.int(),
  top: z.int(),
  width: z.int(),
  height: z.int(),
})

type Line = z.infer<typeof Line>

interface Pixels {
  readonly data: Float32Array
  readonly width: number
  readonly height: number
}

@service({
  description: 'Reads the text in a photo: one model finds the lines, another reads them.',
  resources: { cpu: '2', memory: '1Gi' },
  traffic: { timeout: 30 },
})
export class Ocr {
  readonly detector = models.get('ocr_detector:latest')
  readonly reader = models.get('ocr_reader:latest')
  #characters: readonly string[] = []

  @onStartup
  async readDictionary(): Promise<void> {
    const text = await readFile(this.reader.path('ppocr_keys_v1.txt'), 'utf8')
    // The first place means no character, and the last one is the space.
    this.#characters = ['', ...text.trimEnd().split('\n'), ' ']
  }

  @api({
    description: 'The lines of text in a photo, from top to bottom.',
    input: { photo: image() },
    output: z.array(Line),
  })
  async read({ photo }: { photo: UploadedFile }): Promise<Line[]> {
    const bytes = await photo.bytes()
    const boxes = await this.#detect(bytes)
    const lines: Line[] = []
    for (const box of boxes) {
      const line = await this.#read(await sharp(bytes).rotate().extract(box).toBuffer())
      if (line.text.trim() !== '') lines.push({ ...line, ...box })
    }
    return lines
  }

  async #detect(bytes: Buffer): Promise<ReturnType<typeof findBoxes>> {
    const { width, height } = await sizeOf(bytes)
    // The network halves five times, and was trained on sides of up to 960.
    const scale = Math.min(1, 960 / Math.max(width, height))
    const side = (length: number): number => Math.max(32, Math.round((length * scale) / 32) * 32)
    const mean = [0.485, 0.456, 0.406]
    const deviation = [0.229, 0.224, 0.225]
    const pixels = await toPixels(bytes, {
      width: side(width),
      height: side(height),
      mean,
      deviation,
    })
    const [map] = Object.values(await this.detector.run(toTensor(pixels)))
    if (!(map?.data instanceof Float32Array)) throw new Error('The detector answered no map')
    return findBoxes(map.data, {
      ...pixels,
      scaleX: width / pixels.width,
      scaleY: height / pixels.height,
    })
  }

  async #read(line: Buffer): Promise<Pick<Line, 'text' | 'confidence'>> {
    const { width, height } = await sizeOf(line)
    const wide = Math.max(16, Math.round((48 * width) / height))
    const half = [0.5, 0.5, 0.5]
    const pixels = await toPixels(line, { width: wide, height: 48, mean: half, deviation: half })
    const [steps] = Object.values(await this.reader.run(toTensor(pixels)))
    if (!(steps?.data instanceof Float32Array)) throw new Error('The reader answered no characters')
    return readCharacters(steps.data, this.#characters)
  }
}

/** As a person sees it: cameras note how they were held. */
async function sizeOf(bytes: Buffer): Promise<{ width: number; height: number }> {
  const { autoOrient } = await sharp(bytes).metadata()
  return autoOrient
}

interface Scaling {
  readonly width: number
  readonly height: number
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** Scaled and normalised, plane by plane: all blue, all green, all red, as PaddleOCR was trained. */
async function toPixels(
  bytes: Buffer,
  { width, height, mean, deviation }: Scaling,
): Promise<Pixels> {
  const raw = await sharp(bytes)
    .rotate()
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .resize(width, height, { fit: 'fill' })
    .removeAlpha()
    .raw()
    .toBuffer()
  const size = width * height
  const data = new Float32Array(3 * size)
  for (let plane = 0; plane < 3; plane++) {
    const channel = 2 - plane
    for (let at = 0; at < size; at++) {
      const value = (raw[at * 3 + channel] ?? 0) / 255
      data[plane * size + at] = (value - (mean[plane] ?? 0)) / (deviation[plane] ?? 1)
    }
  }
  return { data, width, height }
}

function toTensor({ data, width, height }: Pixels): {
  dtype: 'float32'
  shape: number[]
  data: Float32Array
} {
  return { dtype: 'float32', shape: [1, 3, height, width], data }
}
