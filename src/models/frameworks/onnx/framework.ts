import { lstat, open, readFile, realpath } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { BentoError, messageOf } from '../../../errors.ts'
import type { ValueInfo } from '../../../lib/tensor.ts'
import type { Framework, ReadModel } from '../framework.ts'
import { findExternalFiles } from './external-files.ts'
import { looksLike } from './looks.ts'
import { readModelProto } from './model-proto.ts'
import type { OnnxModel, OnnxValue } from './model-proto.ts'

/** ONNX, run by onnxruntime. The file is carried as it is, with the files that it keeps tensors in. */
export const onnx: Framework = {
  name: 'onnx',

  async detect(file) {
    return extname(file).toLowerCase() === '.onnx' || hasOnnxHead(await readHead(file))
  },

  async read(file): Promise<ReadModel> {
    await requirePlainFile(file)
    const bytes = await readFile(file)
    const model = parse(bytes, file)
    const main = basename(file)
    const external = await findExternalFiles(file, model.locations)
    return {
      runtime: 'onnx',
      files: [{ source: file, target: main }, ...external],
      main,
      inputs: model.inputs.map((value) => toValueInfo(value, 'input')),
      outputs: model.outputs.map((value) => toValueInfo(value, 'output')),
      context: contextOf(model),
    }
  },
}

/** Field 1, the version of the format, is a small number and comes first in what every exporter writes. */
function hasOnnxHead(head: Buffer): boolean {
  const [tag, version = 0, next = 0] = head
  const isNextField = [2, 3, 4, 6, 7, 8].includes(next >> 3) && (next & 7) === 2
  return tag === 0x08 && version > 0 && version < 64 && isNextField
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

async function requirePlainFile(file: string): Promise<void> {
  const found = await lstat(file)
  if (found.isFile() && found.size < 2 ** 31) return
  if (found.isFile()) {
    throw new BentoError('MODEL_INVALID', `"${file}" is larger than an ONNX file can be, 2 GiB`, {
      hint: 'Save the model with external data.',
    })
  }
  const real = await realpath(file)
  throw new BentoError('LINK_REFUSED', `"${file}" is not a plain file`, {
    hint: found.isSymbolicLink() ? `Give the file itself: ${real}.` : 'Give one .onnx file.',
  })
}

function parse(bytes: Buffer, file: string): OnnxModel {
  try {
    const model = readModelProto(bytes)
    const missing = missingPart(model)
    if (missing === undefined) return model
    throw new Error(`it has no ${missing}`)
  } catch (error) {
    const { like, hint } = looksLike(bytes)
    const message = `"${file}" is not an ONNX model: it looks like ${like} (${messageOf(error)})`
    throw new BentoError('MODEL_INVALID', message, { hint, cause: error })
  }
}

function missingPart(model: OnnxModel): string | undefined {
  if (model.irVersion < 1) return 'format version'
  if (!model.hasGraph) return 'graph'
  if (model.opsets.size === 0) return 'operator set'
  return model.outputs.length === 0 ? 'outputs' : undefined
}

function toValueInfo({ name, dtype, shape, type }: OnnxValue, what: string): ValueInfo {
  if (dtype !== undefined) return { name, dtype, shape: shape ?? [] }
  throw new BentoError(
    'MODEL_INVALID',
    `The ${what} "${name}" is ${type}, not a tensor of a known type`,
    {
      hint: type.includes('map(')
        ? "Convert again without ZipMap: options={'zipmap': False} in skl2onnx."
        : `Export the model with an ${what} that is a tensor.`,
    },
  )
}

function contextOf(model: OnnxModel): Record<string, string | number> {
  const context: Record<string, string | number> = { ir_version: model.irVersion }
  if (model.producer !== '') context['producer'] = model.producer
  if (model.producerVersion !== '') context['producer_version'] = model.producerVersion
  for (const [domain, version] of model.opsets) context[`opset ${domain}`] = version
  return context
}
