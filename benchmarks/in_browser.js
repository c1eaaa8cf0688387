// Put into every page before its own scripts: notes in window.measured, on the page's one clock (milliseconds since the
// page began), how loud its microphone and its loudspeaker are, RMS 0..1, and when a server event of each type came.
(() => {
  const measured = (window.measured = { microphone: [], loudspeaker: [], events: [] });
  const connect = AudioNode.prototype.connect;

  function listen(node, levels, gain = () => 1) {
    const analyser = new AnalyserNode(node.context, { fftSize: 512 });
    connect.call(node, analyser);
    const samples = new Float32Array(analyser.fftSize);
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
      levels.push([performance.now(), gain() * Math.sqrt(energy / samples.length)]);
    }, 10);
  }

  function listenToStream(stream, levels, gain) {
    const context = new AudioContext({ sampleRate: 48000 });
    listen(context.createMediaStreamSource(stream), levels, gain);
  }

  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) listen(this, measured.loudspeaker);
    return connect.call(this, target, ...rest);
  };

  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...source,
    set(stream) {
      source.set.call(this, stream);
      if (stream) listenToStream(stream, measured.loudspeaker, () => (this.muted ? 0 : this.volume));
    },
  });

  const getUserMedia = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    const stream = await getUserMedia.call(this, constraints);
    listenToStream(stream.clone(), measured.microphone);
    return stream;
  };

  function noteEvents(channel) {
    channel.addEventListener("message", (message) => {
      if (typeof message.data !== "string") return;
      measured.events.push([performance.now(), JSON.parse(message.data).type]);
    });
    return channel;
  }

  const createDataChannel = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (...rest) {
    return noteEvents(createDataChannel.apply(this, rest));
  };
  window.WebSocket = class extends WebSocket {
    constructor(...rest) {
      super(...rest);
      noteEvents(this);
    }
  };
})();
