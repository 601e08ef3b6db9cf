export interface Activity {
  /** Something is under way until the result is called. */
  begin(): () => void;
  /** Restarts the idle time. */
  touch(): void;
  readonly isBusy: boolean;
  end(): void;
}

/** Calls `onIdle` each time nothing was under way for `idleMs`. There is one timer, and none while something is under way. */
export function createActivity(idleMs: number, onIdle: () => void): Activity {
  let underway = 0;
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;
  const touch = () => {
    clearTimeout(timer);
    if (underway === 0 && !hasEnded) timer = setTimeout(onIdle, idleMs);
  };
  touch();
  return {
    begin() {
      underway += 1;
      clearTimeout(timer);
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        underway -= 1;
        touch();
      };
    },
    touch,
    get isBusy() {
      return underway > 0;
    },
    end() {
      hasEnded = true;
      clearTimeout(timer);
    },
  };
}
