/** The service wants a key, and this one will not do. */
export class KeyNeeded extends Error {}

/** JSON from this server. Throws KeyNeeded, or an Error that says what is wrong. */
export async function loadJson(path: string, key: string): Promise<unknown> {
  const response = await fetch(path, {
    headers: key === '' ? {} : { authorization: `Bearer ${key}` },
    cache: 'no-store',
  })
  if (response.status === 401) throw new KeyNeeded('A key is needed')
  if (!response.ok) throw new Error(`${path} answers ${response.status}`)
  return response.json()
}
