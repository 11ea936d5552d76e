import type { Part } from '../write.ts'
import type { SnippetInput } from './snippet.ts'

export function curl({ url, endpoint, request, needsKey }: SnippetInput): string {
  const { body, contentType, path } = request
  const words = [`curl ${endpoint.stream ? '-N ' : ''}${shell(url + path)}`]
  if (needsKey) words.push('-H "authorization: Bearer $BENTO_API_KEY"')
  if (body.type === 'parts') {
    words.push(...(body.parts.length === 0 ? ['-X POST'] : body.parts.map(partOf)))
  } else {
    const given = body.type === 'file' ? `@${body.file.name}` : body.text
    const flag = body.type === 'file' ? '--data-binary' : '--data-raw'
    words.push(`-H ${shell(`content-type: ${contentType}`)}`, `${flag} ${shell(given)}`)
  }
  return words.join(' \\\n  ')
}

function partOf(part: Part): string {
  if (!('file' in part)) return `--form-string ${shell(`${part.name}=${part.text}`)}`
  const name = part.file.name.replaceAll(/[\\"]/g, String.raw`\$&`)
  return `-F ${shell(`${part.name}=@"${name}"`)}`
}

/** For a shell: nothing in single quotes means anything, but for the quote itself. */
function shell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
