import { type RenderedError, renderError, renderErrorJson } from '../log/render-error.ts'
import type { Output } from './output.ts'

/** Prints an error to stderr and returns the exit code that goes with it. */
export async function printError(error: unknown, out: Output): Promise<number> {
  const { text, exit } = out.isJson ? renderErrorJson(error, out) : await renderText(error, out)
  out.error(text)
  return exit
}

async function renderText(error: unknown, out: Output): Promise<RenderedError> {
  const { red, dim } = await out.loadColours()
  return renderError(error, { red, dim, verbose: out.verbose })
}
