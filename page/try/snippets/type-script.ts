import type { Request } from '../request.ts'
import type { Part } from '../write.ts'
import { fileCode, hasFiles, readingFiles } from './fetch.ts'
import { isWide, quoted, replaceWords, type SnippetInput } from './snippet.ts'

/** With the service's own types. */
export function typeScript({ url, service, endpoint, request, needsKey }: SnippetInput): string {
  const method = isName(endpoint.name) ? `.${endpoint.name}` : `[${quoted(endpoint.name)}]`
  const options = needsKey ? ', { token: process.env.BENTO_API_KEY }' : ''
  const call = `service${method}(${argumentCode(request)})`
  return [
    ...(hasFiles(request) ? [readingFiles] : []),
    `import { client } from 'bentojs/client'`,
    `import type { ${service} } from './service.ts'`,
    '',
    `await using service = client<${service}>(${quoted(url)}${options})`,
    endpoint.stream
      ? `for await (const item of ${call}) console.log(item)`
      : `console.log(await ${call})`,
  ].join('\n')
}

function argumentCode({ body, params }: Request): string {
  const named = params.map(([name, value]) => `${keyCode(name)}: ${quoted(value)}`)
  if (body.type === 'json') {
    return named.length === 0 ? jsonCode(body.text) : merged(named, jsonCode(body.text))
  }
  if (body.type === 'file') return fileCode(body.file)
  if (body.type === 'text') return quoted(body.text)
  return `{ ${[...named, ...partsCode(body.parts)].join(', ')} }`
}

function jsonCode(json: string): string {
  if (json === '{}') return ''
  return replaceWords(json, (word) => (isWide(word) ? `${word}n` : word))
}

function merged(named: readonly string[], code: string): string {
  return `{ ${[...named, ...(code === '' ? [] : [`...${code}`])].join(', ')} }`
}

/** Several parts of one name are a list. */
function partsCode(parts: readonly Part[]): string[] {
  const names = [...new Set(parts.map((part) => part.name))]
  return names.map((name) => {
    const some = parts.filter((part) => part.name === name)
    const code = some.map(partCode).join(', ')
    const isList = some.some((part) => 'file' in part && part.isMany)
    return `${keyCode(name)}: ${isList ? `[${code}]` : code}`
  })
}

function partCode(part: Part): string {
  if ('file' in part) return fileCode(part.file)
  return part.isJson ? jsonCode(part.text) || '{}' : quoted(part.text)
}

function keyCode(name: string): string {
  return isName(name) ? name : quoted(name)
}

function isName(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name)
}
