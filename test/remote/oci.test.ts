import { expect, jest, test } from '@jest/globals'
import { readFiles } from '../../src/store/digest.ts'
import { describeWith, missing } from '../describe-with.ts'
import { run } from '../processes.ts'
import { dockerConfig, startRegistry } from '../registry/docker-registry.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { pullBento, pushBento, storedBento } from './remotes.ts'

jest.setTimeout(60_000)

describeWith(
  "bentos in Debian's docker-registry",
  await missing('docker-registry', 'htpasswd', 'skopeo', 'openssl'),
  () => {
    test('come back as they went, with a password and over TLS; skopeo carries them too', async () => {
      const user = ['ann', 'secret'] as const
      const { host } = await startRegistry({ user, hasTls: true })
      const bento = await storedBento('v1')
      const url = `oci://${host}/acme/app`
      await expect(pushBento(bento, url, { isInsecure: true })).rejects.toMatchObject({
        code: 'REGISTRY_DENIED',
      })
      const around = { env: await dockerConfig(host, user), isInsecure: true }
      const { urls } = await pushBento(bento, url, around)
      expect(urls).toEqual([`${url}:v1`, `${url}:latest`])
      const pulled = await pullBento(`${url}:v1`, await temporaryFolder(), around)
      expect(await readFiles(pulled.path)).toEqual(await readFiles(bento.path))
      const folder = await temporaryFolder()
      const from = ['--src-tls-verify=false', '--src-creds', user.join(':')]
      await run(
        'skopeo',
        ['copy', ...from, `docker://${host}/acme/app:v1`, `oci:${folder}/app:v1`],
        {
          cwd: folder,
        },
      )
      const copied = await pullBento(`file://${folder}/app:v1`, await temporaryFolder())
      expect(await readFiles(copied.path)).toEqual(await readFiles(bento.path))
    })

    test('a new version sends only what changed', async () => {
      const { host } = await startRegistry()
      const url = `oci://${host}/app`
      expect((await pushBento(await storedBento('v1'), url)).sent).toBeGreaterThan(3 << 20)
      expect((await pushBento(await storedBento('v2'), url)).sent).toBeLessThan(4096)
    })
  },
)
