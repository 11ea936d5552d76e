import type { DeploymentSpec } from '../spec.ts'
import type { RenderedFile } from '../target.ts'
import { configOf, renderSettings } from './function-config.ts'
import { liveAlias } from './live-alias.ts'

/** The inputs of `aws lambda create-function` and `create-function-url-config`, as `--cli-input-json` reads them. */
export async function renderFiles(spec: DeploymentSpec): Promise<RenderedFile[]> {
  const { name, lambda } = spec
  const config = configOf(spec)
  const isZip = config.runtime !== null
  const code = isZip ? {} : { ImageUri: config.image ?? `${lambda.repository ?? name}:latest` }
  const create = {
    FunctionName: name,
    PackageType: isZip ? 'Zip' : 'Image',
    Code: code,
    Architectures: [config.architecture],
    ...renderSettings(config),
  }
  const files = [{ path: 'function.json', text: toJson(create) }]
  if (lambda.url === undefined) return files
  const url = { FunctionName: name, Qualifier: liveAlias, ...renderUrl(spec) }
  return [...files, { path: 'function-url.json', text: toJson(url) }]
}

export function renderUrl({ lambda }: DeploymentSpec): object {
  return { AuthType: lambda.url?.auth ?? 'AWS_IAM', InvokeMode: lambda.invoke_mode }
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
