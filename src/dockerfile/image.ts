import * as z from 'zod'
import { imageName, systemPackage } from '../config/docker-schema.ts'
import { installArgs } from '../config/node-schema.ts'
import { BentoError } from '../errors.ts'
import type { BentoImage } from '../store/manifest.ts'

/** What an image without any wish is built with: the current long-term line. */
const defaultNode = '26'

/** A bento may come from anywhere: what it says of its image is checked again before it is used. */
const schema = z.object({
  base: imageName.or(z.literal('')),
  node_version: z.string().regex(/^\d*(\.\d+){0,2}$/),
  cuda_version: z.string().regex(/^(\d+\.\d+\.\d+)?$/),
  system_packages: z.array(systemPackage),
  install_args: z.array(z.enum(installArgs)),
  digests: z.record(imageName, z.string().regex(/^sha256:[0-9a-f]{64}$/)).optional(),
})

export function checkImage(image: BentoImage): void {
  const { error } = schema.safeParse(image)
  const [issue] = error?.issues ?? []
  if (issue === undefined) return
  const where = ['image', ...issue.path].join('.')
  throw new BentoError('BENTO_INVALID', `bento.yaml is broken at ${where}: ${issue.message}`, {
    hint: 'Build the bento again from its project.',
  })
}

export interface Base {
  /** Image to build on. */
  readonly base: string
  /** Image that Node is copied from, where the base has none, or another. */
  readonly node?: string
}

/** The image that a bento wants below it, by digest where it is pinned. */
export function baseOf(image: BentoImage): Base {
  const { base, node } = wantedBase(image)
  const pinned = (name: string): string => {
    const digest = image.digests?.[name]
    return digest === undefined ? name : `${name}@${digest}`
  }
  return { base: pinned(base), ...(node !== undefined && { node: pinned(node) }) }
}

/** Names of the images that a bento is put on, as somebody would pull them. */
export function baseNames(image: BentoImage): string[] {
  const { base, node } = wantedBase(image)
  return node === undefined ? [base] : [base, node]
}

function wantedBase({ base, node_version: version, cuda_version: cuda }: BentoImage): Base {
  const node = `node:${version === '' ? defaultNode : version}-slim`
  if (base !== '') return version === '' ? { base } : { base, node }
  if (cuda !== '') return { base: `nvidia/cuda:${cuda}-cudnn-runtime-ubuntu24.04`, node }
  return { base: node }
}

/** The port that the service listens on unless the container's environment says another. */
export function portOf({ http }: Readonly<Record<string, unknown>>): number {
  if (typeof http !== 'object' || http === null || !('port' in http)) return 3000
  return typeof http.port === 'number' ? http.port : 3000
}
