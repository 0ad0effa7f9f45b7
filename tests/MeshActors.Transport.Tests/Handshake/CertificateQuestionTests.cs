using System;
using System.Linq;
using System.Security.Cryptography;
using CsCheck;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Handshake;

public sealed class CertificateQuestionTests : IDisposable
{
    private static readonly HandshakeLimits Unlimited = new() { Questions = new BucketRate(1_000_000, 1_000_000) };

    private readonly FleetSecret _secret = FleetSecret.Generate(new SeededRandom(7));
    private readonly SeededRandom _random = new(5);
    private readonly TestNode _bob;
    private readonly CertificateAnswer _answerer;

    public CertificateQuestionTests()
    {
        _bob = new TestNode(2, [_secret]);
        _answerer = new CertificateAnswer(_bob.Identity, _bob.Trust, Unlimited);
    }

    public void Dispose()
    {
        _answerer.Dispose();
        _bob.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public void Who_knows_the_root_key_gets_the_certificate()
    {
        using var question = ToRoot(_bob.Identity.Root);
        var datagram = Poll(question);

        var answer = Answer(datagram);

        Assert.Equal(CertificateDatagrams.QuestionSize, datagram.Length);
        Assert.Equal(CertificateDatagrams.AnswerSize, answer.Length);
        Assert.True(question.IsFor(answer));
        Assert.Null(question.HandleAnswer(answer, TestNode.Utc));
        Assert.Equal(QuestionState.Answered, question.State);
        Assert.Equal(_bob.Identity.Certificate, question.Certificate);
        Assert.Null(question.NextTimeout);
    }

    [Fact]
    public void Who_knows_the_fleets_secret_gets_the_certificate()
    {
        using var question = CertificateQuestion.ToFleet(
            _bob.Trust.Contexts[0], expected: null, realm: 0, _random, TestNode.Start, TestNode.Utc, RetransmitSchedule.DefaultTimeout);

        Assert.Null(question.HandleAnswer(Answer(Poll(question)), TestNode.Utc));
        Assert.Equal(_bob.Identity.Root, question.Certificate!.Root);
    }

    [Fact]
    public void Another_root_of_the_fleet_than_the_expected_one_is_refused()
    {
        using var other = RootIdentity.Create(_random);
        using var question = CertificateQuestion.ToFleet(
            _bob.Trust.Contexts[0], other.PublicKey, realm: 0, _random, TestNode.Start, TestNode.Utc, RetransmitSchedule.DefaultTimeout);

        Assert.Equal(DropReason.WrongRootKey, question.HandleAnswer(Answer(Poll(question)), TestNode.Utc));
        Assert.Equal(QuestionState.Waiting, question.State);
    }

    [Fact]
    public void Who_knows_neither_gets_nothing()
    {
        using var foreign = FleetSecret.Generate(_random);
        using var stranger = RootIdentity.Create(_random);
        using var byRoot = ToRoot(stranger.PublicKey);
        using var bySecret = CertificateQuestion.ToFleet(
            TrustContext.Of(foreign), null, realm: 0, _random, TestNode.Start, TestNode.Utc, RetransmitSchedule.DefaultTimeout);

        Assert.Equal(DropReason.BadMac, Refusal(Poll(byRoot)));
        Assert.Equal(DropReason.BadMac, Refusal(Poll(bySecret)));
    }

    [Fact]
    public void Any_flipped_bit_of_a_question_gets_nothing()
    {
        using var question = ToRoot(_bob.Identity.Root);
        var datagram = Poll(question);

        for (var bit = 0; bit < datagram.Length * 8; bit++)
        {
            datagram[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(Refusal(datagram));
            datagram[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(CertificateDatagrams.AnswerSize, Answer(datagram).Length);
    }

    [Fact]
    public void Any_flipped_bit_of_an_answer_is_refused_and_the_true_one_still_counts()
    {
        using var question = ToRoot(_bob.Identity.Root);
        var answer = Answer(Poll(question));

        for (var bit = 0; bit < answer.Length * 8; bit++)
        {
            answer[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(question.HandleAnswer(answer, TestNode.Utc));
            answer[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Null(question.HandleAnswer(answer, TestNode.Utc));
    }

    [Fact]
    public void An_answer_under_a_valid_mac_needs_the_operational_keys_signature()
    {
        // Who knows the root key can make the MAC; the certificate itself is no secret either.
        using var question = ToRoot(_bob.Identity.Root);
        var answer = Answer(Poll(question));
        answer[CertificateDatagrams.SignatureOffset + 5] ^= 1;
        Span<byte> root = stackalloc byte[RootKey.Size];
        _bob.Identity.Root.CopyTo(root);
        using var mac = CertificateKeying.AnswerMac(root);
        mac.Write(
            answer.AsSpan(0, CertificateDatagrams.AnswerMacOffset), answer.AsSpan(CertificateDatagrams.AnswerMacOffset));

        Assert.Equal(DropReason.AuthenticationFailed, question.HandleAnswer(answer, TestNode.Utc));
        Assert.Equal(DropReason.AuthenticationFailed, question.LastRefusal);
    }

    [Fact]
    public void An_answer_to_another_question_is_refused()
    {
        using var first = ToRoot(_bob.Identity.Root);
        using var second = ToRoot(_bob.Identity.Root);

        var answer = Answer(Poll(first));

        Assert.False(second.IsFor(answer));
        Assert.Equal(DropReason.UnexpectedHandshake, second.HandleAnswer(answer, TestNode.Utc));
    }

    [Fact]
    public void An_expired_certificate_is_refused()
    {
        using var question = ToRoot(_bob.Identity.Root);

        Assert.Equal(
            DropReason.CertificateExpired,
            question.HandleAnswer(Answer(Poll(question)), TestNode.Utc + TimeSpan.FromDays(20)));
    }

    [Theory]
    [InlineData(601)]
    [InlineData(-601)]
    public void A_question_whose_time_is_ten_minutes_off_gets_nothing(int seconds)
    {
        using var byRoot = ToRoot(_bob.Identity.Root);
        using var bySecret = CertificateQuestion.ToFleet(
            _bob.Trust.Contexts[0], null, realm: 0, _random, TestNode.Start, TestNode.Utc, RetransmitSchedule.DefaultTimeout);
        var utcNow = TestNode.Utc + TimeSpan.FromSeconds(seconds);

        Assert.Equal(DropReason.TimestampOutOfRange, Refusal(Poll(byRoot), utcNow));
        Assert.Equal(DropReason.TimestampOutOfRange, Refusal(Poll(bySecret), utcNow));
    }

    /// <summary>Only ever extended; computed by a second implementation.</summary>
    [Fact]
    public void Golden_digest_of_a_question()
    {
        var root = RootKey.From(Enumerable.Range(1, 32).Select(number => (byte)number).ToArray());
        using var question = CertificateQuestion.ToRoot(
            root,
            realm: 0,
            new SeededRandom(1),
            TestNode.Start,
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            RetransmitSchedule.DefaultTimeout);

        Assert.Equal(
            "2fb5de6568e901d1be4aa036a313a660196046f3ab6586221fed1100df60c92b",
            Convert.ToHexStringLower(SHA256.HashData(Poll(question))));
    }

    [Fact]
    public void Is_sent_five_times_alike_and_given_up_after_5_seconds()
    {
        using var question = ToRoot(_bob.Identity.Root);
        var first = Poll(question);
        var sends = 1;
        while (question.NextTimeout is { } now)
        {
            question.HandleTimeout(now);
            var copy = Poll(question, now);
            if (copy.Length > 0)
            {
                Assert.Equal(first, copy);
                sends++;
            }
        }

        Assert.Equal((5, QuestionState.TimedOut), (sends, question.State));
    }

    [Fact]
    public void Random_bytes_never_throw_and_get_nothing() =>
        Gen.Select(Gen.Byte.Array[0, 600], Gen.Bool).Sample((bytes, isSized) =>
        {
            using var question = ToRoot(_bob.Identity.Root);
            var asked = isSized ? Sized(bytes, CertificateDatagrams.QuestionSize, DatagramType.CertificateQuestion) : bytes;
            var answered = isSized ? Sized(bytes, CertificateDatagrams.AnswerSize, DatagramType.CertificateAnswer) : bytes;
            return Refusal(asked) is not null && question.HandleAnswer(answered, TestNode.Utc) is not null;
        }, iter: 500, threads: 1);

    private static byte[] Sized(byte[] bytes, int size, byte type)
    {
        Array.Resize(ref bytes, size);
        CertificateDatagrams.WriteHeader(bytes, type, CertificateKeyKind.Root);
        return bytes;
    }

    private static byte[] Poll(CertificateQuestion question, MonoTime? now = null)
    {
        var datagram = new byte[CertificateDatagrams.QuestionSize];
        return datagram[..question.PollTransmit(now ?? TestNode.Start, datagram)];
    }

    private CertificateQuestion ToRoot(RootKey root) => CertificateQuestion.ToRoot(
        root, realm: 0, _random, TestNode.Start, TestNode.Utc, RetransmitSchedule.DefaultTimeout);

    private byte[] Answer(byte[] question)
    {
        var answer = new byte[CertificateDatagrams.AnswerSize];
        Assert.Null(_answerer.Handle(question, TestNode.Source, answer, TestNode.Start, TestNode.Utc));
        return answer;
    }

    private DropReason? Refusal(byte[] question, DateTimeOffset? utcNow = null)
    {
        var answer = new byte[CertificateDatagrams.AnswerSize];
        var reason = _answerer.Handle(question, TestNode.Source, answer, TestNode.Start, utcNow ?? TestNode.Utc);
        Assert.Equal(-1, answer.AsSpan().IndexOfAnyExcept((byte)0));
        return reason;
    }
}
