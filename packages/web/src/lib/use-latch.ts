/** True from the first time that the condition was. */
import { useState } from 'react';

export function useLatch(condition: boolean): boolean {
  const [wasTrue, setTrue] = useState(condition);
  if (condition && !wasTrue) setTrue(true);
  return wasTrue || condition;
}
