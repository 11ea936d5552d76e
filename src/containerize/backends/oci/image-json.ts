import * as z from 'zod'
import { BentoError } from '../../../errors.ts'
import { isDigest, type Digest } from '../../../registry/digest.ts'

/*
 * What is read of images that others made (OCI image specification 1.1, and Docker's own which it came from). What is
 * not named here is kept as it is where it is passed on.
 */
const digest = z.string().refine((text): text is Digest => isDigest(text), 'is no sha256 digest')
const texts = z.record(z.string(), z.string())
const platform = z.looseObject({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
})

const descriptor = z.looseObject({
  mediaType: z.string(),
  digest,
  size: z.int().min(0),
  platform: platform.optional(),
  annotations: texts.nullish(),
})

const indexSchema = z.looseObject({ manifests: z.array(descriptor) })
const manifestSchema = z.looseObject({ config: descriptor, layers: z.array(descriptor) })

const configSchema = z.looseObject({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
  config: z
    .looseObject({
      Env: z.array(z.string()).nullish(),
      Labels: texts.nullish(),
    })
    .nullish(),
  rootfs: z.looseObject({ type: z.literal('layers'), diff_ids: z.array(digest) }),
  history: z.array(z.looseObject({})).nullish(),
})

export type ImageConfig = z.infer<typeof configSchema>

export const parseIndex = parser('index', indexSchema)
export const parseManifest = parser('manifest', manifestSchema)
export const parseConfig = parser('config', configSchema)

/** Whether a manifest lists others, one for each platform. */
export function isIndex(mediaType: string): boolean {
  return /\.image\.index\.|\.manifest\.list\./.test(mediaType)
}

function parser<T>(noun: string, schema: z.ZodType<T>): (bytes: Buffer, image: string) => T {
  return (bytes, image) => {
    const result = schema.safeParse(parseJson(bytes, noun, image))
    if (result.success) return result.data
    const [first] = result.error.issues
    throw invalid(
      image,
      `${noun} is wrong at "${first?.path.join('.') ?? ''}": ${first?.message ?? ''}`,
    )
  }
}

function parseJson(bytes: Buffer, noun: string, image: string): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    throw invalid(image, `${noun} is not JSON`, cause)
  }
}

export function invalid(image: string, problem: string, cause?: unknown): BentoError {
  return new BentoError('IMAGE_INVALID', `The image "${image}" cannot be used: its ${problem}`, {
    hint: 'Name another base, as --opt base=node:26-slim.',
    ...(cause === undefined ? {} : { cause }),
  })
}
