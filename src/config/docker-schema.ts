import * as z from 'zod'
import { projectPath } from './project-path.ts'

const distros: Readonly<Record<string, string>> = {
  alpine: 'has no glibc, which onnxruntime-node needs',
  ubi8: 'has no image of Node that bento supports; name one in base_image',
  ubi9: 'is not built by bento; name an image with Node in base_image',
  amazonlinux: 'is not built by bento; name an image with Node in base_image',
}

function unknownDistro({ input }: { input?: unknown }): string {
  const name = String(input)
  const why = Object.hasOwn(distros, name) ? distros[name] : undefined
  return why === undefined ? 'must be debian' : `"${name}" ${why}: use debian`
}

/** Versions of CUDA as people write them, and the image of it that there is. */
const cudaVersions: Readonly<Record<string, string>> = {
  default: '12.8.1',
  '12': '12.8.1',
  '12.8': '12.8.1',
  '12.8.0': '12.8.0',
  '12.8.1': '12.8.1',
  '12.6': '12.6.3',
  '12.6.3': '12.6.3',
}

const quoted = 'must be text: put it in quotes, or YAML drops zeros at its end'

const cudaVersion = z.union([z.string(), z.int()], quoted).transform((value, context) => {
  const version = Object.hasOwn(cudaVersions, value) && cudaVersions[value]
  if (typeof version === 'string') return version
  const known = Object.keys(cudaVersions).join(', ')
  context.addIssue({
    code: 'custom',
    message: `must be one of ${known}: onnxruntime-node needs CUDA 12`,
  })
  return z.NEVER
})

const nodeVersion = z
  .union([z.string(), z.int()], quoted)
  .transform(String)
  .pipe(
    z
      .string()
      .regex(/^\d{2}(\.\d{1,3}(\.\d{1,3})?)?$/, 'must be a version as "26", "26.1" or "26.1.0"')
      .refine((text) => Number(text.slice(0, 2)) >= 20, 'must be 20 or newer'),
  )

/** As apt takes it: NAME, or NAME=VERSION. */
export const systemPackage = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9+.-]+(?::[a-z0-9]+)?(?:=[A-Za-z0-9.+:~-]+)?$/,
    'must be the name of a Debian package, as libgomp1 or libgomp1=12.2.0-14',
  )

/** An image by name; also refuses what would end a line. */
export const imageName = z
  .string()
  .regex(/^[A-Za-z0-9][\w./:@-]{0,511}$/, 'must be the name of an image, as HOST/NAME:TAG')

const pair = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*=/, 'must be NAME=VALUE')
  .transform((text): [string, string] => {
    const at = text.indexOf('=')
    return [text.slice(0, at), text.slice(at + 1)]
  })

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)

/** What `docker` of a bentofile may say: what is below the service in its image. */
export const dockerSchema = z.strictObject({
  distro: z.enum(['debian'], { error: unknownDistro }).default('debian'),
  node_version: nodeVersion
    .describe(
      'Node of the image (default: "26"); with another base_image, Node is copied onto that one',
    )
    .optional(),
  system_packages: z.array(systemPackage).describe('Debian packages to install').default([]),
  env: z
    .union([
      z.array(pair).transform((pairs) => Object.fromEntries(pairs)),
      z.record(z.string(), scalar),
      projectPath,
    ])
    .describe('More of `envs`: NAME=VALUE lines, a map, or the path of a file of such lines')
    .optional(),
  setup_script: projectPath
    .describe('Script to run as root while the image is built, after the system packages')
    .optional(),
  base_image: imageName.describe('Image to build on, instead of node:VERSION-slim').optional(),
  dockerfile_template: projectPath
    .describe('Dockerfile that overrides named blocks of ours: see README')
    .optional(),
  cuda_version: cudaVersion.describe('CUDA for models on a GPU, as "12.8"').optional(),
})
