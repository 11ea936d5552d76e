import { BentoError } from '../../errors.ts'
import { isRemote } from '../../remote/location.ts'
import { exportModel } from '../../store/transfer.ts'
import { defineCommand } from '../define-command.ts'
import { resolvePath } from '../paths.ts'
import { modelsOf } from '../stores.ts'
import { printMoved, pushTag, transferFlags } from '../transfer.ts'

export const modelsExportCommand = defineCommand({
  summary: 'Write a model into one file',
  description: 'Prints the path of the file, NAME-VERSION.bentomodel when PATH is a folder.',
  positionals: {
    tag: {
      description: 'NAME, NAME:latest, NAME:VERSION or the beginning of a version',
      completes: 'models',
    },
    path: {
      description: 'A file, a folder (default: this one), or a URL as of `bento models push`',
      optional: true,
    },
  },
  flags: {
    format: {
      type: 'choice',
      choices: ['bento', 'onnx'],
      default: 'bento',
      description: 'An archive, or an ONNX file where that answers the same',
    },
    ...transferFlags,
  },
  examples: [
    'bento models export iris_classifier',
    'bento models export iris_classifier:v1 backup/',
    'bento models export fraud_detector --format onnx',
  ],
  async run({ args, flags }, session) {
    if (args.path !== undefined && isRemote(args.path)) {
      if (flags.format !== 'bento') throw onlyFiles(args.path)
      return pushTag('model', { tag: args.tag, url: args.path }, { flags, session })
    }
    const target = resolvePath(session.cwd, args.path ?? './')
    const store = modelsOf(session)
    const { tag } = await store.require(args.tag)
    const write = flags.format === 'bento' ? exportModel : await loadOnnx()
    const path = await write(store, tag, target)
    if (flags.output !== 'default') return printMoved({ tag, path }, flags.output, session.out)
    session.out.result(path)
  },
})

async function loadOnnx(): Promise<typeof exportModel> {
  const { exportOnnx } = await import('../../models/export/export-onnx.ts')
  return exportOnnx
}

function onlyFiles(url: string): BentoError {
  return new BentoError('USAGE', `An ONNX file is not written to "${url}"`, {
    hint: 'Name a file, or leave --format out.',
  })
}
