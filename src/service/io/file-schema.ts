import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BentoError } from '../../errors.ts'
import { anyType, isOneOf } from './file-types.ts'
import { isOwnFile, toOwnFile } from './file-value.ts'
import type { FileLike, OwnFile, UploadedFile } from './file-value.ts'
import { imageTypeOf } from './image-type.ts'
import { createSchema, issue, ownKeyword } from './own-schema.ts'
import type { OwnSchema } from './own-schema.ts'

export interface FileOptions {
  /** As `audio/mpeg` or `image/*`. Absent: any. The first is what an answer is that does not say so itself. */
  readonly contentTypes?: readonly string[]
  /** Bytes at most. Default: what `http.maxBodySize` lets through. */
  readonly maxSize?: number
}

export type FileSchema = OwnSchema<FileLike, UploadedFile>

/**
 * A file: a part of a form, or the whole body when it is the root input. The method gets an UploadedFile; it may
 * answer bytes, a Blob or File, or `fileAt(path)`.
 */
export function file(options: FileOptions = {}): FileSchema {
  const { contentTypes = [], maxSize = Infinity } = checkOptions('file', options)
  const [type = anyType] = contentTypes
  const rules = { contentTypes, maxSize }
  const validate = (value: unknown): Checked => {
    if (isOwnFile(value)) return checkFile(value, rules)
    return toOwnFile(value).then((own) => (own ? checkAnswer(own, rules) : notAFile))
  }
  const contentType = contentTypes.length === 0 ? {} : { content_type: type }
  const bento = { type: 'file', format: formatOf(type), ...contentType }
  return createSchema('file', validate, { [ownKeyword]: bento, ...binary, contentMediaType: type })
}

/** An image: a file that is told by its first bytes, whatever the client says that it is. */
export function image(options: FileOptions = {}): FileSchema {
  const { contentTypes = ['image/*'], maxSize = Infinity } = checkOptions('image', options)
  const [type = 'image/*'] = contentTypes
  const validate = async (value: unknown): Promise<StandardSchemaV1.Result<UploadedFile>> => {
    const own = await toOwnFile(value)
    if (!own) return notAFile
    const found = await imageTypeOf(own)
    if (found === undefined) return issue('value_error', 'Input should be an image')
    return checkFile(own.withType(found), { contentTypes, maxSize })
  }
  const bento = { type: 'file', format: 'image', pil: true }
  return createSchema('image', validate, { [ownKeyword]: bento, ...binary, contentMediaType: type })
}

const binary = { type: 'string', format: 'binary' } as const

/** BentoML's word for what kind of file it is. */
function formatOf(contentType: string): string {
  const [family = ''] = contentType.split('/')
  return ['image', 'audio', 'video'].includes(family) ? family : 'binary'
}

type Checked =
  | StandardSchemaV1.Result<UploadedFile>
  | Promise<StandardSchemaV1.Result<UploadedFile>>

const notAFile = issue<never>('path_type', 'Input should be a file, as a part of a form')

type Rules = Required<FileOptions>

function checkFile(
  own: OwnFile,
  { contentTypes, maxSize }: Rules,
): StandardSchemaV1.Result<UploadedFile> {
  if (own.size > maxSize) {
    return issue('value_error', `Input should have at most ${maxSize} bytes, not ${own.size}`)
  }
  if (contentTypes.length === 0 || isOneOf(contentTypes, own.type)) return { value: own }
  return issue('value_error', `Input should be ${contentTypes.join(' or ')}, not ${own.type}`)
}

/** Bytes do not say what they are: then they are what the schema says. */
function checkAnswer(own: OwnFile, rules: Rules): StandardSchemaV1.Result<UploadedFile> {
  const [type] = rules.contentTypes
  const isUnlabelled = own.type === anyType && type !== undefined && !type.includes('*')
  return checkFile(isUnlabelled ? own.withType(type) : own, rules)
}

function checkOptions(name: string, options: FileOptions): FileOptions {
  const { contentTypes = [], maxSize = 1 } = options
  const wrong = contentTypes.find((type) => !/^[a-z]+\/[\w.+*-]+$/.test(type))
  if (wrong !== undefined) {
    throw new BentoError('SERVICE_INVALID', `"${wrong}" is no content type for ${name}()`, {
      hint: 'Write them as "audio/mpeg" or "image/*", in lower case.',
    })
  }
  if (maxSize > 0) return options
  throw new BentoError('SERVICE_INVALID', `maxSize of ${name}() is ${maxSize}`, {
    hint: 'Write a number of bytes above 0.',
  })
}
