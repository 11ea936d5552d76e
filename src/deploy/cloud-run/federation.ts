import { readFile } from 'node:fs/promises'
import { messageOf } from '../../errors.ts'
import { isRecord, textAt, valueAt } from '../../lib/records.ts'
import { missing, postForm, readToken, scope, type Token } from './tokens.ts'

/**
 * Workload identity federation: the token of who vouches for us (GitHub, GitLab, another cloud) for one of Google, and
 * that for one of the service account, where the file names one.
 */
export async function federatedToken(file: unknown): Promise<Token> {
  const of = (key: string): string => textAt(file, key) ?? ''
  const token = await postForm(of('token_url') || 'https://sts.googleapis.com/v1/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: of('audience'),
    scope,
    subject_token: await subjectToken(valueAt(file, 'credential_source')),
    subject_token_type: of('subject_token_type'),
  })
  const account = of('service_account_impersonation_url')
  return account === '' ? token : impersonate(account, token)
}

/** What vouches for us: in a file, or given out at an address. */
async function subjectToken(source: unknown): Promise<string> {
  const text = await readSource(source)
  if (textAt(source, 'format', 'type') !== 'json') return text.trim()
  const field = textAt(source, 'format', 'subject_token_field_name') ?? ''
  const answer: unknown = JSON.parse(text)
  return textAt(answer, field) ?? ''
}

async function readSource(source: unknown): Promise<string> {
  const [file, url] = [textAt(source, 'file'), textAt(source, 'url')]
  if (file === undefined && url === undefined) {
    throw missing('its credential_source has no file and no url')
  }
  try {
    return file === undefined ? await ask(url ?? '', source) : await readFile(file, 'utf8')
  } catch (cause) {
    throw missing(`nothing vouches for us: ${messageOf(cause)}`, cause)
  }
}

async function ask(url: string, source: unknown): Promise<string> {
  const headers = Object.entries(recordAt(source, 'headers')).map(
    ([name, value]) => [name, String(value)] as const,
  )
  const answer = await fetch(url, { headers: Object.fromEntries(headers) })
  if (answer.ok) return answer.text()
  throw new Error(`${new URL(url).host} answered ${answer.status}`)
}

function recordAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const found = valueAt(value, key)
  return isRecord(found) ? found : {}
}

async function impersonate(url: string, { text }: Token): Promise<Token> {
  const sent = fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${text}`, 'content-type': 'application/json' },
    body: JSON.stringify({ scope: [scope] }),
  })
  return readToken(sent)
}
