// Why setup ended, as its exit status; a person reads the last line of its output.
class Failure extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

module.exports = {
  Failure,
  WRONG_SETTING: 64,
  WRONG_DATABASE: 65,
  NO_DATABASE: 69,
  OTHER: 70,
};
