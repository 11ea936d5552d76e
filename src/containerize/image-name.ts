import { BentoError } from '../errors.ts'
import { parseReference, type ImageReference } from '../registry/reference.ts'

/** The name that an image is to get. Throws IMAGE_NAME_INVALID. */
export function parseImageName(text: string): ImageReference {
  const reference = parseReference(text)
  if (reference.digest === undefined) return { tag: 'latest', ...reference }
  throw new BentoError(
    'IMAGE_NAME_INVALID',
    `Image name "${text}" has a digest, which only the image can give`,
    {
      hint: 'Write it as NAME:TAG or HOST/NAME:TAG.',
    },
  )
}
