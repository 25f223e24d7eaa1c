import type { EN_CHAINS } from '../en/chains.ts';

export const ZH_CHAINS: Readonly<Record<keyof typeof EN_CHAINS, string>> = {
  'why.surfaced': '表面错误：用户看到的现象',
  'why.refusal': '正常的拒绝，不是故障',
  'why.known': '已知故障：{zh}',
  'why.names': '指向 {other}',
  'why.unusual': '{of, number} 条健康链中有 {have, number} 条出现',
  'why.slow':
    '用时 {hereMs, number} ms{usual, select, known {，通常为 {usualMs, number} ms} other {}}',
  'why.silent': '缺少这条日志：{share, number} % 的健康链在 {ms, number} ms 内就有',
  'why.never_reached': '未到达：{share, number} % 的健康链在 {ms, number} ms 内到达这里',
  'why.change': '在开始出错前 {seconds, number} 秒变更',
  'why.first': '最早的异常，其上各步均由此引起',
  first_wrong: '最早的异常，比最后一个早 {ms, number} ms',
  deepest: '失败到达的最深一跳',
  blamed: '{by} 在 {count, number} 条错误中指向它',
  passed_on: '只是转述{other, select, undefined {其他服务} other { {other} }}的故障',
  own_error: '{count, number} 条健康链中没有的错误',
  own_warning: '{count, number} 条健康链中没有的警告',
  refused: '它给出的是拒绝，不是故障',
  lost_time:
    '在此多用了 {ms, number} ms{usual, select, known {：用时 {hereMs, number} ms，通常 {usualMs, number} ms} other {}}',
  missing: '应在 {ms, number} ms 内到达：{share, number} % 的健康链如此',
  gap_after: '链路在到达 {next} 之前，最后经过它',
  known_fault: '已知故障：{zh}',
  spectrum:
    '经过它的 {of, number} 条链有 {failed, number} 条失败，其余 {otherOf, number} 条中有 {otherFailed, number} 条',
  instance_only:
    '经过 {instance} 的 {of, number} 条链有 {failed, number} 条失败，经过其他实例的 {otherOf, number} 条中有 {otherFailed, number} 条',
  works_for_others: '同期经过它的 {of, number} 条链中有 {well, number} 条正常结束',
  surge: '警告和错误每分钟 {now, number} 条，此前 {before, number} 条',
  refusal_surge: '拒绝每分钟 {now, number} 次，此前 {before, number} 次',
  silent: '此后没有任何日志：此前每分钟 {before, number} 条',
  new_trouble: '出现 {kinds, number} 种此前没有的警告或错误，共 {count, number} 次',
  change: '{seconds, number} 秒前发生变更：{text}',
  fails_since_change:
    '“{text}”之后 {of, number} 条链有 {failed, number} 条失败，之前 {otherOf, number} 条中有 {otherFailed, number} 条',
  load: '每分钟 {now, number} 条日志，此前 {before, number} 条',
  clock: '它的时钟相差 {ms, number} ms',
  alone_blames:
    '只有它的调用失败：{of, number} 条链中 {failed, number} 条，其他实例 {otherOf, number} 条中 {otherFailed, number} 条',
  blamed_by_one:
    '只有一个调用方出问题：经过该调用方的 {of, number} 条链有 {failed, number} 条失败，其余 {otherOf, number} 条中有 {otherFailed, number} 条',
  own_limit: '达到自身限制：错误来自它自己的进程或主机',
  slow_meanwhile: '它自己的日志说当时有一项工作用了 {ms, number} 毫秒',
  echoes: '它自己的日志同时有 {count, number} 条警告或错误',
  is_entry: '离用户最近，看到的是别处的故障',
  is_outside: '这条链没有指名调用它',
  is_dependency: '自身不发送遥测的依赖',
};
