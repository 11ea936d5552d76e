import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { imageName } from '../config/docker-schema.ts'
import type { BentoEnv, BentoImage } from '../store/manifest.ts'
import { type Base, baseOf, checkImage } from './image.ts'
import { blockNames, extendBlocks } from './template.ts'

export interface DockerfileInput {
  readonly image: BentoImage
  readonly envs: readonly BentoEnv[]
  /** The port that the service listens on. */
  readonly port: number
  /** Text of the user's template. */
  readonly template: string | undefined
  /** `layers`: for a context with the layers apart; `standalone`: for the bento's folder as it is. */
  readonly kind: 'layers' | 'standalone'
  /** What to build on, instead of what the bento wants. */
  readonly base?: Base
  /** Models are copied before the code. */
  readonly hasModels?: boolean
  /** Whether the engine knows `RUN --mount`. */
  readonly hasMounts?: boolean
}

/** Where a bento lies in its image, with a slash in front. */
const bentoPath = '/home/bento/bento'
/** In the context of `layers`: the setup script, and what it is given. */
export const setupFolder = 'setup'
/** In the bento, below env/docker. */
export const setupScriptName = 'setup_script'
export const templateName = 'Dockerfile.template'

/**
 * The Dockerfile of a bento. What users wrote becomes part of it in three ways, and none lets it start an instruction:
 * by a pattern that has no blanks in it (names of images and packages), in the quotes of ENV without control characters,
 * and as a template of theirs, which is a Dockerfile. Everything else goes to the engine beside it.
 */
export async function renderDockerfile(input: DockerfileInput): Promise<string> {
  checkImage(input.image)
  const variables = variablesOf(input)
  let blocks = {}
  for (const name of ['base', input.kind]) {
    const file = `${name}.Dockerfile`
    blocks = extendBlocks(blocks, await readTemplate(file), { file, variables })
  }
  if (input.template !== undefined) {
    const file = 'docker.dockerfile_template'
    blocks = extendBlocks(blocks, input.template, { file, variables: publicOf(variables) })
  }
  const texts = new Map<string, string>(Object.entries(blocks))
  const text = blockNames.map((name) => texts.get(name)?.trim() ?? '').join('\n\n')
  return `${text.replaceAll(/\n{3,}/g, '\n\n').trim()}\n`
}

function readTemplate(name: string): Promise<string> {
  const folder = new URL('../../templates/dockerfile/', import.meta.url)
  return readFile(fileURLToPath(new URL(name, folder)), 'utf8')
}

function publicOf(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => name.startsWith('bento__')),
  )
}

function variablesOf(input: DockerfileInput): Record<string, string> {
  const { image, envs, port } = input
  const { base, node } = input.base ?? baseOf(image)
  return {
    bento__home: '/home/bento',
    bento__path: bentoPath,
    bento__user: 'bento',
    bento__uid_gid: '1034',
    bento__entrypoint: `${bentoPath}/env/docker/entrypoint.sh`,
    base: imageName.parse(base),
    port: String(Math.trunc(port)),
    node_image: node === undefined ? '' : `ARG NODE=${node}\nFROM \${NODE} AS node`,
    node_copy: node === undefined ? '' : 'COPY --from=node /usr/local/bin/node /usr/local/bin/node',
    system_packages: systemPackages(input),
    setup_script: setupScript(input),
    envs: envs.filter(isBaked).map(renderEnv).join('\n'),
    models: input.hasModels === true ? 'COPY models ./models' : '',
  }
}

const aptMounts = ['/var/cache/apt', '/var/lib/apt']
  .map((target) => `--mount=type=cache,target=${target},sharing=locked \\\n    `)
  .join('')

/** As JSON, which no name can leave; the names are arguments of the script, not a part of it. */
function systemPackages({ image, hasMounts = true }: DockerfileInput): string {
  if (image.system_packages.length === 0) return ''
  const clean = hasMounts ? '' : '; rm -rf /var/lib/apt/lists/*'
  const install = 'DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends'
  const script = `apt-get update; ${install} -- "$@"${clean}`
  const args = JSON.stringify(['sh', '-euc', script, 'sh', ...image.system_packages])
  return `RUN ${hasMounts ? aptMounts : ''}${args}`
}

/** The script and the variables of the build's stage lie in a mount, so that they are in no layer and no history. */
function setupScript({ image, kind, hasMounts = true }: DockerfileInput): string {
  if (!image.setup_script) return ''
  const source = kind === 'layers' ? setupFolder : 'env/docker'
  const target = '/run/bento-setup'
  const script = `if [ -e ${target}/variables.sh ]; then . ${target}/variables.sh; fi; exec ${target}/${setupScriptName}`
  const args = JSON.stringify(['sh', '-euc', script])
  if (hasMounts) return `RUN --mount=type=bind,source=${source},target=${target} \\\n    ${args}`
  return [`COPY ${source}/ ${target}/`, `RUN ${args}`].join('\n')
}

/** Values of the stage `runtime` are set when the service starts; so are those that no line of ENV can hold. */
export function isBaked({ stage, value }: BentoEnv): boolean {
  return stage === 'all' && value !== '' && !/\p{Cc}/u.test(value)
}

function renderEnv({ name, value }: BentoEnv): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error('an env has no name')
  return `ENV ${name}="${value.replaceAll(/["\\$]/g, String.raw`\$&`)}"`
}
