import { headerOf, readBytes, type WireResponse } from './transport.ts'

/** An answer that is a file, with the name and the type that the service gives it. */
export async function readFile(response: WireResponse): Promise<File> {
  const name = nameIn(headerOf(response, 'content-disposition') ?? '')
  const type = headerOf(response, 'content-type') ?? ''
  return new File([await readBytes(response)], name, { type })
}

/** RFC 6266: `filename*` says more than `filename`. */
function nameIn(disposition: string): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  const plain = /filename="([^"]*)"/i.exec(disposition)?.[1]
  try {
    return encoded === undefined ? (plain ?? '') : decodeURIComponent(encoded)
  } catch {
    return plain ?? ''
  }
}
