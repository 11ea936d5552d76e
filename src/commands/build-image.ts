import { arch } from 'node:os'
import { resolveHome } from '../config/home.ts'
import type { BuiltImage } from '../containerize/backend.ts'
import { BentoError } from '../errors.ts'
import type { BentoEntry } from '../store/bento-store.ts'
import type { Session } from './context.ts'
import { reportTo } from './report.ts'

export interface ImageFlags {
  readonly containerize: boolean
  readonly push: boolean
  readonly imageTag: readonly string[]
  readonly insecure: boolean
}

/** Before the build: what no image can be made of would only be found after it. */
export async function checkImageFlags(flags: ImageFlags): Promise<void> {
  const { containerize: isWanted, push, imageTag } = flags
  if (push && imageTag.length === 0) {
    throw new BentoError('USAGE', '--push needs the name that the image is pushed under', {
      hint: 'Name it with -t, as -t ghcr.io/acme/iris:v1.',
    })
  }
  if (imageTag.length === 0) return
  const { parseImageName } = await import('../containerize/image-name.ts')
  imageTag.forEach(parseImageName)
  if (isWanted || push) return
  throw new BentoError('USAGE', '-t names an image, and none is to be made', {
    hint: 'Add --containerize, or --push; --name and --version name the bento.',
  })
}

/**
 * The image of a bento that was just built, if one was asked for. Fails as the image does: the bento is in the store by
 * then, and the next try begins there.
 */
export async function makeImage(
  bento: BentoEntry,
  { containerize: isWanted, push, imageTag, insecure }: ImageFlags,
  session: Session,
): Promise<BuiltImage | undefined> {
  if (!isWanted && !push) return undefined
  const { containerize } = await import('../containerize/containerize.ts')
  return containerize({
    bento,
    backend: 'docker',
    names: imageTag,
    platforms: [],
    options: [],
    labels: {},
    buildArgs: {},
    useCache: true,
    isPushed: push,
    isInsecure: insecure,
    cwd: session.cwd,
    env: session.env,
    home: resolveHome(session.env),
    arch: arch(),
    report: reportTo(session.out),
  })
}
