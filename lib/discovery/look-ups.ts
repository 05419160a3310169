import { isOn, type SwitchSetting, setSwitch } from "../switch-setting";

const LOOK_UPS: SwitchSetting = {
  key: "server-look-ups",
  action: "look-ups.changed",
  word: "isOn",
};

/** Whether Mailroom may ask DNS and a domain's own servers where its mail servers are. */
export function areLookUpsOn(): Promise<boolean> {
  return isOn(LOOK_UPS);
}

/** Switches the look-ups on or off for everybody. @throws AppError "forbidden" for anyone but admins. */
export function setLookUps(
  actor: { id: string | null; role: string },
  value: boolean,
): Promise<void> {
  return setSwitch(LOOK_UPS, actor, value);
}
