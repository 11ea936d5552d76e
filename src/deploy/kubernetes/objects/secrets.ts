import type { Secret } from '../../deployment-schema.ts'

interface Mount {
  readonly name: string
  readonly path: string
}

export function isMount(secret: Secret): secret is Secret & Mount {
  return 'path' in secret && secret.path !== undefined
}

export function mountsOf(secrets: readonly Secret[]): object[] {
  return secrets
    .filter(isMount)
    .map(({ path }, at) => ({ name: `secret-${at}`, mountPath: path, readOnly: true }))
}

export function volumesOf(secrets: readonly Secret[]): object[] {
  return secrets
    .filter(isMount)
    .map(({ name }, at) => ({ name: `secret-${at}`, secret: { secretName: name } }))
}
