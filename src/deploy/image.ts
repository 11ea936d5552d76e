import { BentoError } from '../errors.ts'
import type { Deployment } from './deployment-schema.ts'

/**
 * Where the image of a deployment comes from: the one place to change when a deploy is to make and push it by itself.
 * For now somebody names it.
 */
export function requireImage({ image, bento }: Deployment): string {
  if (image === undefined) {
    const tag = bento ?? 'BENTO'
    throw new BentoError('IMAGE_MISSING', 'Nothing says which image to run', {
      hint: `Push an image of ${tag}, and name it with --image registry.example.com/iris@sha256:….`,
    })
  }
  if (/^[^\s@]+(@[a-z0-9]+:[0-9a-f]{32,})?$/.test(image)) return image
  throw new BentoError('DEPLOYMENT_INVALID', `"${image}" is not the name of an image`, {
    hint: 'Write it as registry.example.com/iris:v1, or better with @sha256:….',
  })
}

/** Whether it names one content for ever. A tag can be moved. */
export function isPinned(image: string): boolean {
  return image.includes('@')
}
