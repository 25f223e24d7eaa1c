/** What people say. */
export const PHRASES: readonly string[] = [
  '你好，在吗？',
  '今天晚上一起吃饭吧',
  '文件我已经发到群里了',
  '收到，谢谢！',
  '会议改到下午三点',
  '我们正在使用新版本，感觉快多了',
  '这个问题我看一下',
  '周末去爬山吗？',
  'Hi, are you there?',
  'Lunch at noon?',
  'The build is green again',
  'Thanks, got it!',
  'Can you review my change?',
  'See you tomorrow',
  'Meeting moved to three',
  'Which version is in production?',
];
