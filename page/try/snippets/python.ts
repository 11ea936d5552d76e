import type { Request } from '../request.ts'
import type { Part } from '../write.ts'
import { quoted, replaceWords, type SnippetInput } from './snippet.ts'

export function python({ url, endpoint, request, needsKey }: SnippetInput): string {
  const { body } = request
  const headers = [
    ...(body.type === 'file' || body.type === 'text'
      ? [`"content-type": ${quoted(request.contentType)}`]
      : []),
    ...(needsKey ? ['"authorization": f"Bearer {os.environ[\'BENTO_API_KEY\']}"'] : []),
  ]
  const given = [
    quoted(url + request.path),
    bodyCode(request),
    ...(headers.length === 0 ? [] : [`headers={${headers.join(', ')}}`]),
    ...(endpoint.stream ? ['stream=True'] : []),
  ]
  return [
    ...(needsKey ? ['import os', ''] : []),
    'import requests',
    '',
    `response = requests.post(\n    ${given.join(',\n    ')},\n)`,
    ...(endpoint.stream
      ? ['for text in response.iter_content(None, True):', '    print(text)']
      : ['print(response.status_code, response.content)']),
  ].join('\n')
}

function bodyCode({ body }: Request): string {
  if (body.type === 'json') return `json=${literal(body.text)}`
  if (body.type === 'text') return `data=${quoted(body.text)}.encode()`
  if (body.type === 'file') return `data=open(${quoted(body.file.name)}, "rb")`
  return `files=[${body.parts.map(partCode).join(', ')}]`
}

function partCode(part: Part): string {
  if (!('file' in part)) return `(${quoted(part.name)}, (None, ${quoted(part.text)}))`
  const { name, type } = part.file
  const file = [quoted(name), `open(${quoted(name)}, "rb")`, ...(type === '' ? [] : [quoted(type)])]
  return `(${quoted(part.name)}, (${file.join(', ')}))`
}

const words: Readonly<Record<string, string>> = { true: 'True', false: 'False', null: 'None' }

/** JSON is Python but for three words. */
function literal(json: string): string {
  return replaceWords(json, (word) => words[word] ?? word)
}
