import { api, image, models, service } from 'bentojs'
import type { UploadedFile } from 'bentojs'
import sharp from 'sharp'
import { z } from 'zod'
import { toGrid } from './to-grid.ts'

const Answer = z.object({
  digit: z.int().min(0).max(9),
  /** How sure the network is. */
  probability: z.number(),
  /** Of all digits from 0 to 9. */
  probabilities: z.array(z.number()),
})

type Answer = z.infer<typeof Answer>

@service({
  description: 'Reads a hand-written digit in an image.',
  resources: { cpu: '1', memory: '512Mi' },
  traffic: { timeout: 10 },
})
export class DigitClassifier {
  readonly model = models.get('digit_classifier:latest')

  @api({
    description: 'The digit in an image that is cut close to it; PNG, JPEG, WebP and others.',
    input: { image: image() },
    output: Answer,
  })
  async classify({ image: file }: { image: UploadedFile }): Promise<Answer> {
    const grid = await readGrid(await file.bytes())
    const outputs = await this.model.run({
      image: { dtype: 'float32', shape: [1, 8, 8, 1], data: grid },
    })
    const probabilities = Array.from<unknown, number>(outputs['probabilities']?.data ?? [], Number)
    const probability = Math.max(...probabilities)
    return { digit: probabilities.indexOf(probability), probability, probabilities }
  }
}

async function readGrid(bytes: Buffer): Promise<Float32Array> {
  const { data, info } = await sharp(bytes)
    .rotate()
    .flatten({ background: 'white' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return toGrid({ data, width: info.width, height: info.height })
}
