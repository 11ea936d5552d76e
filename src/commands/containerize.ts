import { arch } from 'node:os'
import { resolveHome } from '../config/home.ts'
import type { BuiltImage } from '../containerize/backend.ts'
import { defineCommand } from './define-command.ts'
import type { Output } from './output.ts'
import { reportTo } from './report.ts'
import { bentosOf } from './stores.ts'

export const containerizeCommand = defineCommand({
  summary: 'Make a container image of a bento',
  description:
    'The docker backend asks a Docker engine; the oci backend needs none, and pushes or writes a file.',
  positionals: {
    tag: {
      description: 'NAME, NAME:latest, NAME:VERSION or the beginning of a version',
      completes: 'bentos',
    },
  },
  flags: {
    imageTag: {
      type: 'list',
      short: 't',
      metavar: 'NAME:TAG',
      description: "Name of the image (default: the bento's tag)",
    },
    backend: {
      type: 'choice',
      choices: ['docker', 'oci'],
      default: 'docker',
      description: 'What makes the image',
    },
    platform: {
      type: 'list',
      metavar: 'OS/ARCH',
      description: "As linux/arm64 (default: this machine's)",
    },
    push: { type: 'boolean', description: 'Push the image to its registry' },
    label: { type: 'pairs', description: 'Label of the image' },
    buildArg: { type: 'pairs', description: 'Build argument for the Dockerfile' },
    opt: {
      type: 'list',
      metavar: 'KEY=VALUE',
      description: 'base=IMAGE; oci: output=PATH; docker: network=NAME, pull',
    },
    cache: { type: 'negatable', description: 'Make everything anew' },
    insecure: {
      type: 'boolean',
      description: 'Allow registries without TLS or with their own certificate',
    },
    output: {
      type: 'choice',
      short: 'o',
      choices: ['default', 'tag', 'json'],
      default: 'default',
      description: 'What to print',
    },
  },
  examples: [
    'bento containerize iris_classifier:latest',
    'bento containerize iris_classifier -t ghcr.io/acme/iris:v1 --push',
    'bento containerize iris_classifier --backend oci --opt output=iris.tar',
    'bento containerize iris_classifier --backend oci --opt base=oci:node-26-slim/ --push',
  ],
  async run({ args, flags }, session) {
    const { containerize } = await import('../containerize/containerize.ts')
    const bento = await bentosOf(session).require(args.tag)
    const image = await containerize({
      bento,
      backend: flags.backend,
      names: flags.imageTag,
      platforms: flags.platform,
      options: flags.opt,
      labels: flags.label,
      buildArgs: flags.buildArg,
      useCache: flags.cache,
      isPushed: flags.push,
      isInsecure: flags.insecure,
      cwd: session.cwd,
      env: session.env,
      home: resolveHome(session.env),
      arch: arch(),
      report: reportTo(session.out),
    })
    session.out.settle()
    printImage({ ...image, bento: bento.tag }, flags.output, session.out)
  },
})

function printImage(
  image: BuiltImage & { readonly bento: string },
  form: 'default' | 'tag' | 'json',
  out: Output,
): void {
  switch (form) {
    case 'tag':
      return image.names.forEach((name) => out.result(name))
    case 'json':
      return out.json(image)
    case 'default': {
      const [name = ''] = image.names
      for (const one of image.names) out.result(`Made image ${one}`)
      out.say(`Digest: ${image.digest}`)
      out.say('Next steps:')
      if (image.path !== undefined) out.say(`  Load it:    docker load -i ${image.path}`)
      out.say(`  Run it:     docker run --rm -p 3000:3000 ${name}`)
    }
  }
}
