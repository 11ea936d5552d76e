import { BentoError } from '../errors.ts'

/** For targets that only run images that somebody has pushed. */
export function requireImage({
  image,
  bento,
}: {
  readonly image: string | undefined
  readonly bento: string | undefined
}): string {
  if (image !== undefined) return image
  const tag = bento ?? 'BENTO'
  throw new BentoError('IMAGE_MISSING', 'Nothing says which image to run', {
    hint: `Push an image of ${tag}, and name it with --image registry.example.com/iris@sha256:….`,
  })
}

/** Throws DEPLOYMENT_INVALID for what is no name of an image. */
export function checkImage(image: string | undefined): void {
  if (image === undefined || /^[^\s@]+(@[a-z0-9]+:[0-9a-f]{32,})?$/.test(image)) return
  throw new BentoError('DEPLOYMENT_INVALID', `"${image}" is not the name of an image`, {
    hint: 'Write it as registry.example.com/iris:v1, or better with @sha256:….',
  })
}

/** Whether it names one content for ever. A tag can be moved. */
export function isPinned(image: string): boolean {
  return image.includes('@')
}
