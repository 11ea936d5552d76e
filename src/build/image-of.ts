import type { LoadedBentofile } from '../config/load-bentofile.ts'
import type { ServiceDescription } from '../service/describe.ts'
import { plainImage, type BentoImage } from '../store/manifest.ts'
import { isObject } from './find-package.ts'
import type { ProjectTarget } from './target.ts'

/** CUDA of a service that asks for a GPU and does not say which. */
const defaultCuda = '12.8.1'

/** What bento.yaml says of the image, from the bentofile and the service's options. */
export function imageOf(
  { bentofile: loaded }: ProjectTarget,
  { options }: ServiceDescription,
  platform = '',
): BentoImage {
  const cuda = wantsGpu(options) ? defaultCuda : ''
  const image = { ...plainImage, cuda_version: cuda, platform }
  return loaded === undefined ? image : { ...image, ...wishesOf(loaded, cuda) }
}

function wishesOf(
  { bentofile, setupScript, dockerfileTemplate }: LoadedBentofile,
  cuda: string,
): Partial<BentoImage> {
  const { docker, node } = bentofile
  const { base_image: base = '', node_version: version = '' } = docker
  return {
    base,
    node_version: version,
    // A base of somebody's own has what they need of it.
    cuda_version: docker.cuda_version ?? (base === '' ? cuda : ''),
    system_packages: docker.system_packages,
    setup_script: setupScript !== undefined,
    dockerfile_template: dockerfileTemplate !== undefined,
    install_args: node.install_args,
  }
}

function wantsGpu({ resources }: Readonly<Record<string, unknown>>): boolean {
  return isObject(resources) && typeof resources['gpu'] === 'number' && resources['gpu'] > 0
}
