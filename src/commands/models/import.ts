import { open, stat } from 'node:fs/promises'
import { BentoError } from '../../errors.ts'
import { withoutUndefined } from '../../lib/without-undefined.ts'
import { importModel } from '../../models/save.ts'
import { isRemote } from '../../remote/location.ts'
import type { Signature } from '../../store/manifest.ts'
import type { ModelEntry } from '../../store/model-store.ts'
import { importModelArchive } from '../../store/transfer.ts'
import { defineCommand } from '../define-command.ts'
import type { Output } from '../output.ts'
import { resolvePath } from '../paths.ts'
import { modelsOf } from '../stores.ts'
import { plainTransfer, pullModel } from '../transfer.ts'
import { describeModel } from './list.ts'

export const modelsImportCommand = defineCommand({
  summary: 'Store a model from its file',
  description:
    'Takes files of ONNX, XGBoost, LightGBM, CatBoost and (with Python) scikit-learn, and exported archives.',
  positionals: {
    file: { description: 'The file of the model, or a URL as of `bento models pull`' },
  },
  flags: {
    name: { type: 'text', placeholder: 'NAME', description: 'Name (default: that of the file)' },
    version: {
      type: 'text',
      placeholder: 'VERSION',
      description: 'Version (default: from the content)',
    },
    framework: {
      type: 'text',
      placeholder: 'NAME',
      description: 'What it was trained with (default: found out from the file)',
    },
    sample: {
      type: 'text',
      placeholder: 'FILE',
      description: 'Rows to compare its predictions on with those of the original',
    },
    tolerance: {
      type: 'text',
      placeholder: 'NUMBER',
      description: 'How far a prediction may be off (default: 0.00001)',
    },
    python: {
      type: 'text',
      placeholder: 'COMMAND',
      description: "Python with the framework (default: the project's, else python3)",
    },
    trust: { type: 'boolean', description: 'Let code in the file run: a pickle is code' },
    signature: {
      type: 'list',
      placeholder: 'NAME[:batchable]',
      description: 'How the model may be called (default: run)',
    },
    file: {
      type: 'list',
      placeholder: 'FILE',
      description: 'File to keep with it, as its tokenizer',
    },
    label: { type: 'pairs', description: 'Label to find it by' },
    metadata: { type: 'pairs', description: 'Fact to keep with it, as accuracy=0.95' },
    output: {
      type: 'choice',
      short: 'o',
      choices: ['default', 'tag', 'json', 'path'],
      default: 'default',
      description: 'What to print',
    },
  },
  examples: [
    'bento models import iris_classifier.onnx',
    'bento models import pipeline.joblib --framework sklearn --trust --sample rows.csv',
    'bento models import model.onnx --name iris_classifier --signature run:batchable --label team=flowers',
    'bento models import minilm.onnx --file tokenizer.json --file labels.txt',
  ],
  async run({ args, flags }, session) {
    if (isRemote(args.file)) return pullModel(args.file, { flags: plainTransfer, session })
    const file = resolvePath(session.cwd, args.file)
    const store = modelsOf(session)
    const { name, version, signature, file: companions, label, metadata, output } = flags
    const { framework, tolerance, python, trust } = flags
    const sample = flags.sample === undefined ? undefined : resolvePath(session.cwd, flags.sample)
    if (framework === undefined && (await isArchive(file))) {
      const given = { name, version, sample, tolerance, python, signature, file: companions }
      refuseOptions({ ...given, label, metadata })
      return printImported(await importModelArchive(store, file), output, session.out)
    }
    const options = {
      file,
      trust,
      ...withoutUndefined({ name, version, framework, sample, python }),
      ...(tolerance === undefined ? {} : { tolerance: parseTolerance(tolerance) }),
      ...(signature.length === 0 ? {} : { signatures: parseSignatures(signature) }),
      files: companions.map((path) => resolvePath(session.cwd, path)),
      labels: label,
      metadata: parseMetadata(metadata),
    }
    const entry = await importModel(store, options, {
      ...session,
      onPython: (command) => session.out.step(`Reading ${args.file} with ${command}`),
    })
    session.out.settle()
    return printImported(entry, output, session.out)
  },
})

/** By the first bytes, since an exported archive may have been renamed: no model file begins as gzip does. */
async function isArchive(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  // Opening a pipe would wait for a writer.
  if (!found?.isFile()) return false
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b
  } finally {
    await handle.close()
  }
}

function refuseOptions(options: Readonly<Record<string, string | object | undefined>>): void {
  const given = Object.entries(options).find(([, value]) =>
    typeof value === 'object' ? Object.keys(value).length > 0 : value !== undefined,
  )
  if (given === undefined) return
  throw new BentoError('USAGE', `--${given[0]} does not go with an exported archive`, {
    hint: 'Leave it out: the archive says all of that itself.',
  })
}

function parseTolerance(text: string): number {
  const tolerance = Number(text)
  if (text !== '' && tolerance >= 0 && tolerance < Infinity) return tolerance
  throw new BentoError('USAGE', `--tolerance takes a number from 0 up, not "${text}"`, {
    hint: 'Write it as --tolerance 0.00001.',
  })
}

function parseSignatures(texts: readonly string[]): Record<string, Signature> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = '', option, ...more] = text.split(':')
      if (more.length > 0 || (option !== undefined && option !== 'batchable')) {
        throw new BentoError('USAGE', `--signature takes NAME or NAME:batchable, not "${text}"`, {
          hint: 'Write it as --signature run:batchable.',
        })
      }
      return [name, { batchable: option === 'batchable', batch_dim: 0 }]
    }),
  )
}

/** `true`, `false` and plain numbers are kept as such. */
function parseMetadata(pairs: Readonly<Record<string, string>>): Record<string, Fact> {
  return Object.fromEntries(
    Object.entries(pairs).map(([key, text]): [string, Fact] => {
      if (text === 'true' || text === 'false') return [key, text === 'true']
      return [key, /^-?\d/.test(text) && String(Number(text)) === text ? Number(text) : text]
    }),
  )
}

type Fact = string | number | boolean

function printImported(
  entry: ModelEntry,
  form: 'default' | 'tag' | 'json' | 'path',
  out: Output,
): void {
  const { tag, name, path } = entry
  switch (form) {
    case 'default':
      out.result(`Imported ${tag}`)
      out.say(`Use it in a service: models.get('${name}:latest').`)
      return
    case 'tag':
      return out.result(tag)
    case 'path':
      return out.result(path)
    case 'json':
      return out.json({ ...describeModel(entry), path })
  }
}
