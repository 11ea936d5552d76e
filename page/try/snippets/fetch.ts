import type { Endpoint } from '../endpoints.ts'
import type { Request } from '../request.ts'
import type { Part } from '../write.ts'
import { isWide, quoted, replaceWords, type SnippetInput } from './snippet.ts'

export const readingFiles = `import { readFile } from 'node:fs/promises'`

export function fetchCall({ url, endpoint, request, needsKey }: SnippetInput): string {
  const { body, path } = request
  const headers = [
    ...(body.type === 'parts' ? [] : [`'content-type': ${quoted(request.contentType)}`]),
    ...(needsKey ? ['authorization: `Bearer ${process.env.BENTO_API_KEY}`'] : []),
  ]
  return [
    ...(hasFiles(request) ? [readingFiles, ''] : []),
    ...(body.type === 'parts' ? formLines(body.parts) : []),
    `const response = await fetch(${quoted(url + path)}, {`,
    `  method: 'POST',`,
    ...(headers.length === 0 ? [] : [`  headers: { ${headers.join(', ')} },`]),
    `  body: ${bodyCode(request)},`,
    `})`,
    readingLine(endpoint),
  ].join('\n')
}

export function hasFiles({ body }: Request): boolean {
  return body.type === 'file' || (body.type === 'parts' && body.parts.some((one) => 'file' in one))
}

export function fileCode({ name, type }: File): string {
  return `new File([await readFile(${quoted(name)})], ${quoted(name)}, { type: ${quoted(type)} })`
}

function formLines(parts: readonly Part[]): string[] {
  return ['const form = new FormData()', ...parts.map(appendCode)]
}

function appendCode(part: Part): string {
  const value = 'file' in part ? fileCode(part.file) : quoted(part.text)
  return `form.append(${quoted(part.name)}, ${value})`
}

function bodyCode({ body }: Request): string {
  if (body.type === 'parts') return 'form'
  if (body.type === 'file') return `await readFile(${quoted(body.file.name)})`
  if (body.type === 'text') return quoted(body.text)
  return hasWide(body.text) ? quoted(body.text) : `JSON.stringify(${body.text})`
}

function hasWide(json: string): boolean {
  let found = false
  replaceWords(json, (word) => {
    found ||= isWide(word)
    return word
  })
  return found
}

function readingLine({ stream, output }: Endpoint): string {
  if (stream !== undefined) {
    return 'for await (const text of response.body.pipeThrough(new TextDecoderStream())) console.log(text)'
  }
  const isFile = output['type'] === 'file' || output['format'] === 'binary'
  return `console.log(response.status, await response.${isFile ? 'blob' : 'text'}())`
}
