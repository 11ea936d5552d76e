import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { listAt, numberAt } from '../../src/lib/records.ts'
import { httpHost, untilReady } from '../behaviour/http-host.ts'
import { describeBehaviour } from '../behaviour/suite.ts'
import { pressAt } from '../commands/follow.ts'
import { openCluster } from '../deploy/kubernetes/cluster.ts'
import { describeWith } from '../describe-with.ts'
import { type Images, lackingNode, pushImages } from './images.ts'
import { startLoad } from './load.ts'

jest.setTimeout(240_000)

const lacks = await lackingNode()

describeWith('a cluster whose node is real', lacks, () => {
  const { bento, call } = openCluster('node')
  let images: Images

  beforeAll(async () => {
    images = await pushImages()
  })

  const settings = [
    '--set=kubernetes.service.type=NodePort',
    '--set=kubernetes.resources.requests={cpu: 100m, memory: 128Mi}',
    '--set=kubernetes.progress_deadline_seconds=120',
  ]

  async function deploy(name: string, image: string, ...more: readonly string[]): Promise<string> {
    const flags = ['--name', name, '--image', image, ...settings, ...more]
    const { code, stderr } = await bento(['deploy', '--target', 'kubernetes', ...flags])
    if (code !== 0) throw new Error(stderr)
    const { body } = await call(`v1/services/${name}`)
    return `http://127.0.0.1:${numberAt(listAt(body, 'spec', 'ports')[0], 'nodePort')}`
  }

  describe.each(['docker', 'oci'] as const)('the image of the %s backend', (backend) => {
    describeBehaviour(async () => {
      const url = await deploy(backend, images[backend])
      await untilReady(url)
      return httpHost(url, async () => void (await bento(`deployment delete ${backend} --yes`)))
    })
  })

  test('loses no request while a rollout replaces every replica', async () => {
    const url = await deploy('rolled', images.docker, '--scaling-min', '2')
    const load = startLoad(url, 4)
    const began = Date.now()
    await deploy('rolled', images.oci, '--scaling-min', '2', '--env', 'ROLLED=yes')
    const seconds = Math.round((Date.now() - began) / 1000)
    const { answered, failures } = await load.stop()
    process.stderr.write(`A rollout of ${seconds} s under load: ${answered} answers\n`)
    expect(failures).toEqual([])
    expect(answered).toBeGreaterThan(100)
    const { stdout } = await bento('deployment get rolled -o json')
    expect(JSON.parse(stdout)).toMatchObject({ image: images.oci, ready: 2, revision: 2 })
    const log = await bento('deployment logs rolled --lines 5')
    expect(log.stdout).toContain('/classify')
    const line = 'deployment logs rolled --follow --lines 5'
    const followed = await bento(line, pressAt('/classify'))
    expect([followed.code, followed.stderr]).toEqual([0, ''])
  })

  test('answers what it has begun while it is taken away', async () => {
    const url = await deploy('drained', images.docker)
    const sent = await fetch(`${url}/tell`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ count: 200 }),
    })
    const deleted = bento('deployment delete drained --yes')
    const lines = (await sent.text()).trim().split('\n')
    expect(lines).toHaveLength(200)
    expect((await deleted).code).toBe(0)
    const pods = await call('v1/pods')
    expect(JSON.stringify(pods.body)).not.toContain('"drained-')
  })

  test('says why an image cannot be pulled, and that the old one serves on', async () => {
    const url = await deploy('broken', images.docker)
    const absent = images.docker.replace(/[0-9a-f]{64}$/, 'f'.repeat(64))
    const flags = ['--name', 'broken', '--image', absent, ...settings]
    const { code, stderr } = await bento(['deploy', '--target', 'kubernetes', ...flags])
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/DEPLOY_FAILED[^]*(ErrImagePull|ImagePullBackOff)[^]*rollback/),
    ])
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect((await bento('deployment rollback broken')).code).toBe(0)
  })
})
