import { BentoError } from '../../errors.ts'
import { withoutUndefined } from '../../lib/without-undefined.ts'
import { parseHubReference } from '../../models/moving/hugging-face.ts'
import { importAll, importFromHub, importTagged, sourceOf } from '../../models/moving/import-any.ts'
import type { Moved } from '../../models/moving/import-any.ts'
import { importModel } from '../../models/save.ts'
import { isRemote } from '../../remote/location.ts'
import type { Signature } from '../../store/manifest.ts'
import type { ModelEntry } from '../../store/model-store.ts'
import { defineCommand } from '../define-command.ts'
import type { Output } from '../output.ts'
import { resolvePath } from '../paths.ts'
import { modelsOf } from '../stores.ts'
import { fetchModel, transferFlags } from '../transfer.ts'
import { describeModel } from './list.ts'

export const modelsImportCommand = defineCommand({
  summary: 'Store a model from its file',
  description:
    'Takes files of ONNX, XGBoost, LightGBM, CatBoost and (with Python) scikit-learn, PyTorch and TensorFlow,\nexported archives, models of a BentoML store, and hf://org/name@revision.',
  positionals: {
    file: { description: 'File of the model, archive, folder, hf:// reference, or URL of `push`' },
  },
  flags: {
    name: { type: 'text', metavar: 'NAME', description: 'Name (default: that of the file)' },
    version: {
      type: 'text',
      metavar: 'VERSION',
      description: 'Version (default: from the content)',
    },
    framework: {
      type: 'text',
      metavar: 'NAME',
      description: 'What it was trained with (default: found out from the file)',
    },
    sample: {
      type: 'text',
      metavar: 'FILE',
      description: 'Rows to compare its predictions on with those of the original',
    },
    tolerance: {
      type: 'text',
      metavar: 'NUMBER',
      description: 'How far a prediction may be off (default: 0.00001)',
    },
    python: {
      type: 'text',
      metavar: 'COMMAND',
      description: "Python with the framework (default: the project's, else python3)",
    },
    all: { type: 'boolean', description: 'Import all models of a BentoML home, as ~/bentoml' },
    trust: {
      type: 'boolean',
      description: 'Let code in the file run: a pickle is code, a program too',
    },
    signature: {
      type: 'list',
      metavar: 'NAME[:batchable]',
      description: 'How the model may be called (default: run)',
    },
    file: {
      type: 'list',
      metavar: 'FILE',
      description: 'File to keep with it, as its tokenizer',
    },
    label: { type: 'pairs', description: 'Label to find it by' },
    metadata: { type: 'pairs', description: 'Fact to keep with it, as accuracy=0.95' },
    insecure: transferFlags.insecure,
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
    'bento models import model.pt2 --framework pytorch --trust',
    'bento models import classifier.keras --sample rows.npy',
    'bento models import model.onnx --name iris_classifier --signature run:batchable --label team=flowers',
    'bento models import minilm.onnx --file tokenizer.json --file labels.txt',
    'bento models import ~/bentoml --all',
    'bento models import hf://org/name@main/onnx/model.onnx --name embedder',
  ],
  async run({ args, flags }, session) {
    const reference = parseHubReference(args.file)
    if (reference === undefined && isRemote(args.file)) {
      const pulled = await fetchModel(args.file, session, { isInsecure: flags.insecure })
      return printImported(pulled, flags.output, session.out)
    }
    const store = modelsOf(session)
    const place = {
      ...session,
      onPython: (command: string) => session.out.step(`Reading ${args.file} with ${command}`),
    }
    const { tolerance, python, trust, sample, output } = flags
    const reading = {
      trust,
      ...withoutUndefined({ python, sample: sample && resolvePath(session.cwd, sample) }),
      ...(tolerance === undefined ? {} : { tolerance: parseTolerance(tolerance) }),
    }
    const path = resolvePath(session.cwd, args.file)
    if (flags.all) {
      refuseOptions(taggedBy(flags), 'a whole store')
      const moved = await importAll(store, { ...reading, home: path }, place)
      session.out.settle()
      return printMoved(moved, output, session.out)
    }
    if (reference === undefined && (await sourceOf(path, flags.framework)) !== 'file') {
      refuseOptions(taggedBy(flags), 'an exported model')
      const entry = await importTagged(store, { ...reading, path }, place)
      session.out.settle()
      return printImported(entry, output, session.out)
    }
    const { name, version, framework, signature, label, metadata } = flags
    const options = {
      ...reading,
      ...withoutUndefined({ name, version, framework }),
      ...(signature.length === 0 ? {} : { signatures: parseSignatures(signature) }),
      files: flags.file.map((companion) => resolvePath(session.cwd, companion)),
      labels: label,
      metadata: parseMetadata(metadata),
    }
    const entry = await (reference === undefined
      ? importModel(store, { ...options, file: path }, place)
      : importFromHub(store, { ...options, reference }, place))
    session.out.settle()
    return printImported(entry, output, session.out)
  },
})

interface TaggedFlags {
  readonly name: string | undefined
  readonly version: string | undefined
  readonly signature: readonly string[]
  readonly file: readonly string[]
  readonly label: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
}

function taggedBy({ name, version, signature, file, label, metadata }: TaggedFlags): Given {
  return { name, version, signature, file, label, metadata }
}

type Given = Readonly<Record<string, string | object | undefined>>

function refuseOptions(options: Given, what: string): void {
  const given = Object.entries(options).find(([, value]) =>
    typeof value === 'object' ? Object.keys(value).length > 0 : value !== undefined,
  )
  if (given === undefined) return
  throw new BentoError('USAGE', `--${given[0]} does not go with ${what}`, {
    hint: 'Leave it out: that says all of it itself.',
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

/** Exit code 1 when anything was refused. */
async function printMoved(
  moved: readonly Moved[],
  form: 'default' | 'tag' | 'json' | 'path',
  out: Output,
): Promise<number> {
  const rows = moved.map(({ folder, tag, refused }) => ({
    model: tag ?? folder.split(/[/\\]/).slice(-2).join(':'),
    imported: refused === undefined,
    ...(refused ? { code: refused.code, reason: refused.message } : {}),
  }))
  if (form === 'json') out.json(rows)
  else if (form !== 'default') for (const { tag } of moved) out.result(tag ?? '')
  else {
    await out.table(
      [{ title: 'Model' }, { title: 'Result', shrinks: true }],
      rows.map(({ model, code, reason }) => [model, code ? `${code}: ${reason}` : 'imported']),
    )
  }
  return rows.every(({ imported }) => imported) ? 0 : 1
}

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
